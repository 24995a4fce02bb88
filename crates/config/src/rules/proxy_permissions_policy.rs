//! Pages may ask for camera, microphone and position.
//!
//! ## What it does
//!
//! Reports a site that adds no Permissions-Policy.
//!
//! ## Why it matters
//!
//! Injected script gets at devices that Odoo never needs.
//!
//! ## Bad
//!
//! ```nginx
//! server {
//!     listen 443 ssl;
//!     server_name erp.example.com;
//!     server_tokens off;
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
//!     add_header Permissions-Policy "geolocation=(), microphone=(), camera=()" always;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Send `Permissions-Policy: camera=(), microphone=(), geolocation=()`; leave out what Discuss calls need.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/693.html>
//! * OWASP Secure Headers Project: <https://owasp.org/www-project-secure-headers/>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-permissions-policy", "PRX010", Group::Proxy, Severity::Info, 693).persona(Persona::Auditor);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let answer = view.ask("GET", "/web");
    if answer.reaches() && answer.header("permissions-policy").is_none() {
        out.push(Report::at(view.place(&answer), format!("{} sends no Permissions-Policy", view.name())));
    }
}
