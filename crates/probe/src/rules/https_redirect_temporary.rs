//! The way to HTTPS is marked as temporary.
//!
//! ## What it does
//!
//! Reads the status of the redirect from plain HTTP.
//!
//! ## Why it matters
//!
//! Browsers ask in clear again every time.
//!
//! ## Bad
//!
//! ```http
//! > http-home
//! 302
//! location: https://erp.example.com/
//! ```
//!
//! ## Good
//!
//! ```http
//! > http-home
//! 308
//! location: https://erp.example.com/
//! ```
//!
//! ## How to fix
//!
//! Answer 301 or 308.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("https-redirect-temporary", "HDR020", Group::Headers, Severity::Info, 319)
        .persona(castellan_model::Persona::Pedantic);

pub(super) fn check(view: &View<'_>) -> Judged {
    let exchange = view.exchange("http-home")?;
    match exchange.target() {
        Some(target) if target.scheme() == "https" && matches!(exchange.status, 302 | 303 | 307) => {
            found(Report::at("http-home", format!("the redirect is {}", exchange.status)).shown_by("location"))
        }
        _ => FINE,
    }
}
