//! Browsers are not told to use HTTPS only.
//!
//! ## What it does
//!
//! Asks for the login page over TLS and reports an answer without Strict-Transport-Security.
//!
//! ## Why it matters
//!
//! The first request of a visit may go out in plain HTTP; whoever sits between answers it with a copy of the login
//! page.
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
//!     add_header Strict-Transport-Security "max-age=31536000; includeSubDomains" always;
//!     location / { proxy_pass http://127.0.0.1:8069; }
//! }
//! ```
//!
//! ## How to fix
//!
//! Send `Strict-Transport-Security: max-age=31536000; includeSubDomains` on every answer, error pages too.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>
//! * RFC 6797: <https://www.rfc-editor.org/rfc/rfc6797>
//! * OWASP Secure Headers Project: <https://owasp.org/www-project-secure-headers/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{add_header_fix};
use crate::rule::Check;
use crate::rule::Report;
use crate::rule::SiteView;

pub(super) const META: RuleMeta = RuleMeta::new("proxy-hsts-missing", "PRX005", Group::Proxy, Severity::Medium, 319);

pub(super) const CHECK: Check = Check::Site(check);

fn check(view: &SiteView<'_>, out: &mut Vec<Report>) {
    if !view.has_tls() {
        return;
    }
    let answer = view.ask("GET", "/web/login");
    if answer.reaches() && answer.header("strict-transport-security").is_none() {
        let fix = add_header_fix(view, &answer, "Strict-Transport-Security", "max-age=31536000; includeSubDomains");
        out.push(Report::at(view.place(&answer), format!("{} sends no Strict-Transport-Security", view.name())).fix(fix));
    }
}
