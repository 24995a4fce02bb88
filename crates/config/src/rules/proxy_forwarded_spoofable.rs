//! A forwarded header is taken from the client.
//!
//! ## What it does
//!
//! Reports X-Forwarded-For, -Host, -Proto and X-Real-IP that are set from what the client sent. Appending the address
//! (`$proxy_add_x_forwarded_for`) is fine: Odoo takes the last one.
//!
//! ## Why it matters
//!
//! A visitor writes any address into logs and past cool-downs, or any host name into reset links.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     proxy_set_header X-Forwarded-For $http_x_forwarded_for;
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
//!     proxy_set_header X-Forwarded-For $remote_addr;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Set them from the connection: `$remote_addr`, `$host`, `$scheme`. Behind another proxy name its address with
//! `set_real_ip_from` and `real_ip_header`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/348.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-forwarded-spoofable", "PRX016", Group::Proxy, Severity::High, 348);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let answer = view.ask("GET", "/web/login");
    for name in ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP"] {
        let Some(header) = answer.forwarded(name) else { continue };
        let value = header.value.to_lowercase();
        if value.contains("http_x_forwarded") || value.contains("http_x_real") || value.contains("header.x-forwarded") || value.contains("arg_") {
            out.push(Report::at(header.site, format!("{name} is taken from the client")));
        }
    }
}
