//! The header that asks for HTTPS only is not understood by browsers.
//!
//! ## What it does
//!
//! Reads `Strict-Transport-Security` as browsers do, and counts it.
//!
//! ## Why it matters
//!
//! A header that cannot be read counts as none; of several, only the first counts.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! strict-transport-security: includeSubDomains
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! strict-transport-security: max-age=31536000
//! strict-transport-security: max-age=0
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
//! strict-transport-security: max-age="31536000"
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ## How to fix
//!
//! Send it once, from the proxy, with a `max-age`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>
//! * RFC 6797: <https://www.rfc-editor.org/rfc/rfc6797>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::secure_page;
use crate::headers;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("hsts-invalid", "HDR003", Group::Headers, Severity::Medium, 319);

pub(super) fn check(view: &View<'_>) -> Judged {
    let (page, exchange) = secure_page(view)?;
    let all: Vec<&str> = exchange.all("strict-transport-security").collect();
    let differ = all.iter().any(|value| Some(value) != all.first());
    match all.as_slice() {
        [] => Err(Unjudged::NotApplicable("there is no such header".to_owned())),
        [first, ..] if headers::hsts(first).is_none() => found(
            Report::at(page, "`Strict-Transport-Security` has no valid `max-age`")
                .shown_by("strict-transport-security"),
        ),
        _ if differ => found(
            Report::at(page, "`Strict-Transport-Security` is sent several times with different values")
                .shown_by("strict-transport-security"),
        ),
        _ => FINE,
    }
}
