//! Plain HTTP leads to another host first.
//!
//! ## What it does
//!
//! Compares the host of the first redirect with the one that was asked.
//!
//! ## Why it matters
//!
//! Browsers never learn for this name that it is HTTPS only.
//!
//! ## Bad
//!
//! ```http
//! > http-home
//! 301
//! location: https://www.example.org/
//! ```
//!
//! ## Good
//!
//! ```http
//! > http-home
//! 301
//! location: https://erp.example.com/
//! ```
//!
//! ## How to fix
//!
//! Redirect to https of the same name first, from there to the other one.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("https-redirect-elsewhere", "HDR021", Group::Headers, Severity::Low, 319);

pub(super) fn check(view: &View<'_>) -> Judged {
    let exchange = view.exchange("http-home")?;
    match exchange.target() {
        Some(target) if target.host_str() != Some(view.evidence.host.as_str()) => found(
            Report::at(
                "http-home",
                format!("the first redirect leads to {}", target.host_str().unwrap_or("another host")),
            )
            .shown_by("location"),
        ),
        _ => FINE,
    }
}
