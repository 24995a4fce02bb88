//! Other sites may show Odoo in a frame.
//!
//! ## What it does
//!
//! Asks for `/web` and reports an answer to which the proxy adds neither X-Frame-Options nor a Content-Security-Policy
//! with `frame-ancestors`. Odoo itself protects the login page only.
//!
//! ## Why it matters
//!
//! A page lays itself over Odoo and lets a logged-in user click buttons that they do not see.
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
//!     add_header X-Frame-Options SAMEORIGIN always;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Send `X-Frame-Options: SAMEORIGIN` or `Content-Security-Policy: frame-ancestors 'self'`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1021.html>
//! * OWASP Secure Headers Project: <https://owasp.org/www-project-secure-headers/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{add_header_fix};
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-clickjacking", "PRX008", Group::Proxy, Severity::Low, 1021);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let answer = view.ask("GET", "/web");
    let framed = answer.header("x-frame-options").is_none()
        && !answer.header("content-security-policy").is_some_and(|header| header.value.contains("frame-ancestors"));
    if answer.reaches() && framed {
        let fix = add_header_fix(view, &answer, "X-Frame-Options", "SAMEORIGIN");
        out.push(Report::at(view.place(&answer), format!("{} does not forbid frames of other sites", view.name())).fix(fix));
    }
}
