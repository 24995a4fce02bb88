//! A header is sent that browsers have given up.
//!
//! ## What it does
//!
//! Looks for `X-XSS-Protection: 1`, `Expect-CT` and `Public-Key-Pins`.
//!
//! ## Why it matters
//!
//! The old filter for scripts opened holes of its own; pinned keys can lock every visitor out.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! x-xss-protection: 1; mode=block
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
//! x-xss-protection: 0
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ## How to fix
//!
//! Take the header out.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1164.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("header-deprecated", "HDR024", Group::Headers, Severity::Info, 1164)
    .persona(castellan_model::Persona::Pedantic);

pub(super) fn check(view: &View<'_>) -> Judged {
    let (page, exchange) = view.page()?;
    let old = ["expect-ct", "public-key-pins"].into_iter().find(|name| exchange.header(name).is_some());
    let filter = exchange.header("x-xss-protection").is_some_and(|value| value.trim().starts_with('1'));
    match old.or(filter.then_some("x-xss-protection")) {
        Some(name) => found(Report::at(page, format!("`{name}` is deprecated")).shown_by(name)),
        None => FINE,
    }
}
