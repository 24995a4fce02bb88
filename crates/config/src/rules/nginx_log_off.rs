//! Requests or errors are not logged.
//!
//! ## What it does
//!
//! Reports `access_log off` for a whole server and an `error_log` that goes nowhere.
//!
//! ## Why it matters
//!
//! After an incident nobody can tell what was asked; fail2ban and detections have nothing to read.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     access_log off;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## Good
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     access_log /var/log/nginx/erp.log;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Log to a file; switch it off for static files only.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/778.html>
//! * nginx documentation: <https://nginx.org/en/docs/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::proxy::nginx::Nginx;
use crate::proxy::nginx::nearest;
use crate::proxy::nginx::nearest_all;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("nginx-log-off", "NGX014", Group::Proxy, Severity::Low, 778);

pub(super) const CHECK: Check = Check::Nginx(check);

fn check(_: &Deployment, nginx: &Nginx, out: &mut Vec<Report>) {
    for server in nginx.server_blocks() {
        let scope = [&nginx.http, server];
        let only_redirects = server.named("return").next().is_some() && server.named("location").next().is_none();
        if let Some(directive) = nearest_all(&scope, "access_log").first().filter(|directive| directive.argument(0) == "off" && !only_redirects) {
            out.push(Report::at(directive.site, "requests are not logged"));
        }
        if let Some(directive) = nearest(&scope, "error_log").filter(|directive| matches!(directive.argument(0), "off" | "/dev/null")) {
            out.push(Report::at(directive.site, "errors are not logged"));
        }
    }
}
