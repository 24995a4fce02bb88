//! Browsers may guess what kind of file an answer is.
//!
//! ## What it does
//!
//! Looks for `X-Content-Type-Options: nosniff` on the page that people see.
//!
//! ## Why it matters
//!
//! An uploaded file that is served as text or picture may be run as a script.
//!
//! ## Bad
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
//! ```http
//! > login
//! 200
//! content-type: text/html
//! x-content-type-options: sniff
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
//! x-content-type-options: nosniff
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ## How to fix
//!
//! Send `X-Content-Type-Options: nosniff` with every answer.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/693.html>
//! * OWASP Secure Headers Project: <https://owasp.org/www-project-secure-headers/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("content-type-sniffed", "HDR006", Group::Headers, Severity::Low, 693);

pub(super) fn check(view: &View<'_>) -> Judged {
    let (page, exchange) = view.page()?;
    view.not_gated()?;
    let good =
        exchange.header("x-content-type-options").is_some_and(|value| value.trim().eq_ignore_ascii_case("nosniff"));
    if good { FINE } else { found(Report::at(page, "there is no `X-Content-Type-Options: nosniff`")) }
}
