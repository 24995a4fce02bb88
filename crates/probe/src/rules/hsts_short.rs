//! Browsers forget soon that this site is HTTPS only.
//!
//! ## What it does
//!
//! Reads `max-age` of `Strict-Transport-Security`; less than 180 days is short, 0 switches it off.
//!
//! ## Why it matters
//!
//! Who comes back after that time is open to whoever is on the way again.
//!
//! ## Bad
//!
//! ```http
//! > login
//! 200
//! content-type: text/html
//! strict-transport-security: max-age=86400
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
//! strict-transport-security: max-age=15552000
//!
//! <form class="oe_login_form" action="/web/login"></form><script>odoo.__session_info__ = {}</script>
//! ```
//!
//! ## How to fix
//!
//! Raise `max-age` to a year (31536000) once everything works over HTTPS.
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

pub(super) const META: RuleMeta = RuleMeta::new("hsts-short", "HDR002", Group::Headers, Severity::Low, 319);

pub(super) fn check(view: &View<'_>) -> Judged {
    let (page, exchange) = secure_page(view)?;
    let Some(value) = exchange.header("strict-transport-security") else {
        return Err(Unjudged::NotApplicable("there is no such header".to_owned()));
    };
    match headers::hsts(value) {
        Some(hsts) if hsts.max_age < headers::SIX_MONTHS => {
            let severity = if hsts.max_age == 0 { Severity::Medium } else { Severity::Low };
            let message = format!("`max-age` is {} seconds, {} days", hsts.max_age, hsts.max_age / 86_400);
            found(Report::at(page, message).severity(severity).shown_by("strict-transport-security"))
        }
        _ => FINE,
    }
}
