//! The site asks to be preloaded and does not fulfil what that needs.
//!
//! ## What it does
//!
//! Where the directive `preload` is sent, compares the rest with the rules of the list: a year, and `includeSubDomains`.
//!
//! ## Why it matters
//!
//! The request is not granted, and the protection that somebody wanted is not there.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! strict-transport-security: max-age=31536000; preload
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
//! strict-transport-security: max-age=63072000; includeSubDomains; preload
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
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
//! Send `max-age=63072000; includeSubDomains; preload` and ask for the whole domain at the list, or leave `preload` out.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1173.html>
//! * <https://hstspreload.org/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::secure_page;
use crate::headers;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("hsts-preload-invalid", "HDR004", Group::Headers, Severity::Info, 1173)
    .persona(castellan_model::Persona::Pedantic);

pub(super) fn check(view: &View<'_>) -> Judged {
    let (page, exchange) = secure_page(view)?;
    match exchange.header("strict-transport-security").and_then(headers::hsts) {
        Some(hsts) if hsts.preload && (!hsts.subdomains || hsts.max_age < 31_536_000) => found(
            Report::at(page, "`preload` without a year and `includeSubDomains`").shown_by("strict-transport-security"),
        ),
        _ => FINE,
    }
}
