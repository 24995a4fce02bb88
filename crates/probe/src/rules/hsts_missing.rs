//! Browsers are not told to use HTTPS only.
//!
//! ## What it does
//!
//! Looks for `Strict-Transport-Security` on the page that people see.
//!
//! ## Why it matters
//!
//! The first request of a browser goes out in clear, where anybody on the way can answer it in the place of the site.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//!
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ## Good
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! strict-transport-security: max-age=31536000; includeSubDomains
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ## How to fix
//!
//! Send `Strict-Transport-Security: max-age=31536000; includeSubDomains` with every answer: in nginx `add_header ...
//! always;`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>
//! * RFC 6797: <https://www.rfc-editor.org/rfc/rfc6797>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::secure_page;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("hsts-missing", "HDR001", Group::Headers, Severity::Medium, 319);

pub(super) fn check(view: &View<'_>) -> Judged {
    let (page, exchange) = secure_page(view)?;
    match exchange.header("strict-transport-security") {
        None => found(Report::at(page, "there is no `Strict-Transport-Security`")),
        Some(_) => FINE,
    }
}
