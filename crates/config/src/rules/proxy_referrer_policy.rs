//! Addresses of pages are told to other sites.
//!
//! ## What it does
//!
//! Reports a site that adds no Referrer-Policy.
//!
//! ## Why it matters
//!
//! Links carry access tokens of documents and portals; without a policy older browsers send the whole address to the
//! next site.
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
//!     add_header Referrer-Policy strict-origin-when-cross-origin always;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Send `Referrer-Policy: strict-origin-when-cross-origin`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>
//! * OWASP Secure Headers Project: <https://owasp.org/www-project-secure-headers/>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use super::helpers::{add_header_fix};
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-referrer-policy", "PRX009", Group::Proxy, Severity::Low, 200).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    let answer = view.ask("GET", "/web");
    if answer.reaches() && answer.header("referrer-policy").is_none() {
        let fix = add_header_fix(view, &answer, "Referrer-Policy", "strict-origin-when-cross-origin");
        out.push(Report::at(view.place(&answer), format!("{} sends no Referrer-Policy", view.name())).fix(fix));
    }
}
