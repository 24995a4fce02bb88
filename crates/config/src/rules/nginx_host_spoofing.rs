//! The client chooses the host name that Odoo sees.
//!
//! ## What it does
//!
//! Reports a Host header for the server behind that comes from another header, an argument or a cookie.
//!
//! ## Why it matters
//!
//! Reset links and `web.base.url` are built with a host name of the attacker.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     proxy_set_header Host $http_x_forwarded_host;
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
//!     proxy_set_header Host $host;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Use `$host`, with a `server_name` that names the site.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/644.html>
//! * nginx documentation: <https://nginx.org/en/docs/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{replace};
use crate::deployment::Deployment;
use crate::proxy::nginx::Nginx;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("nginx-host-spoofing", "NGX006", Group::Proxy, Severity::High, 644);

pub(super) const CHECK: Check = Check::Nginx(check);

fn check(deployment: &Deployment, nginx: &Nginx, out: &mut Vec<Report>) {
    super::helpers::each_block(&nginx.http, &mut |scope| {
        let Some(block) = scope.last() else { return };
        for header in block.named("proxy_set_header").filter(|header| header.argument(0).eq_ignore_ascii_case("host")) {
            let value = header.argument(1).trim_start_matches(['$', '{']);
            let foreign = value.starts_with("arg_") || value.starts_with("cookie_") || (value.starts_with("http_") && !value.starts_with("http_host"));
            if foreign {
                let fix = header.arguments.get(1).and_then(|word| replace(deployment, word.site, "$host", "use `$host`", None));
                out.push(Report::at(header.site, "the client chooses the host name that Odoo sees").fix(fix));
            }
        }
    });
}
