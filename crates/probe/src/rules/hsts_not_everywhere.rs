//! The header that asks for HTTPS only is missing on error pages and redirects.
//!
//! ## What it does
//!
//! Compares the page that people see with the answer for a path that nobody has.
//!
//! ## Why it matters
//!
//! A visitor whose first request is a redirect or an error stays unprotected.
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
//!
//! > random-root
//! 404
//! content-type: text/html
//!
//! nothing here
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
//!
//! > random-root
//! 404
//! strict-transport-security: max-age=31536000; includeSubDomains
//!
//! nothing here
//! ```
//!
//! ## How to fix
//!
//! In nginx write `always` at the end of `add_header`, and set it at the level of the server.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::secure_page;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("hsts-not-everywhere", "HDR005", Group::Headers, Severity::Info, 319)
    .persona(castellan_model::Persona::Pedantic);

pub(super) fn check(view: &View<'_>) -> Judged {
    let (_, exchange) = secure_page(view)?;
    if exchange.header("strict-transport-security").is_none() {
        return Err(Unjudged::NotApplicable("there is no such header".to_owned()));
    }
    if view.exchange("random-root")?.header("strict-transport-security").is_none() {
        return found(Report::at("random-root", "`Strict-Transport-Security` is missing where nothing is there"));
    }
    FINE
}
