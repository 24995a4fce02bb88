//! nginx tells its numbers to everybody.
//!
//! ## What it does
//!
//! Reports `stub_status` without `allow` and `deny`.
//!
//! ## Why it matters
//!
//! Load and connections tell an attacker when an attack works.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     location /nginx_status { stub_status; }
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
//!     location /nginx_status { stub_status; allow 127.0.0.1; deny all; }
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Let in 127.0.0.1 only.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>
//! * nginx documentation: <https://nginx.org/en/docs/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::proxy::nginx::Nginx;
use crate::proxy::nginx::nearest;
use crate::proxy::nginx::nearest_all;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("nginx-status-open", "NGX008", Group::Proxy, Severity::Low, 200);

pub(super) const CHECK: Check = Check::Nginx(check);

fn check(_: &Deployment, nginx: &Nginx, out: &mut Vec<Report>) {
    super::helpers::each_block(&nginx.http, &mut |scope| {
        let Some(block) = scope.last() else { return };
        let Some(status) = block.named("stub_status").next() else { return };
        let loopback = scope.iter().any(|outer| {
            outer.name.text == "server" && outer.named("listen").all(|listen| listen.argument(0).starts_with("127.") || listen.argument(0).starts_with("unix:")) && outer.named("listen").next().is_some()
        });
        if nearest_all(scope, "deny").is_empty() && nearest(scope, "auth_basic").is_none() && !loopback {
            out.push(Report::at(status.site, "everybody may ask nginx for its numbers"));
        }
    });
}
