//! Whole addresses are told to every site that a link leads to.
//!
//! ## What it does
//!
//! Reads `Referrer-Policy`. Without it browsers are careful by themselves.
//!
//! ## Why it matters
//!
//! Addresses of Odoo hold record numbers, tokens of shared documents and the name of the database.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! referrer-policy: unsafe-url
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
//! referrer-policy: no-referrer, strict-origin-when-cross-origin
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
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
//! ## How to fix
//!
//! Send `Referrer-Policy: strict-origin-when-cross-origin`, or nothing.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>
//! * OWASP Secure Headers Project: <https://owasp.org/www-project-secure-headers/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::headers;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("referrer-leaked", "HDR010", Group::Headers, Severity::Low, 200);

pub(super) fn check(view: &View<'_>) -> Judged {
    let (page, exchange) = view.page()?;
    view.not_gated()?;
    match exchange.header("referrer-policy").and_then(headers::referrer_policy) {
        Some("unsafe-url" | "no-referrer-when-downgrade" | "origin" | "origin-when-cross-origin") => {
            found(Report::at(page, "`Referrer-Policy` gives addresses away").shown_by("referrer-policy"))
        }
        _ => FINE,
    }
}
