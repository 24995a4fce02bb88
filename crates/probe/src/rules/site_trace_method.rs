//! The method TRACE is answered.
//!
//! ## What it does
//!
//! Sends TRACE with a header of its own and looks for it in the answer.
//!
//! ## Why it matters
//!
//! It sends back headers that scripts may not read. Browsers forbid it today; it is a sign of a default installation.
//!
//! ## Bad
//!
//! ```http
//! > trace
//! 200
//! content-type: message/http
//!
//! TRACE / HTTP/1.1
//! x-castellan: trace
//! ```
//!
//! ## Good
//!
//! ```http
//! > trace
//! 405
//! ```
//!
//! ## How to fix
//!
//! Apache: `TraceEnable Off`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/693.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-trace-method", "OUT036", Group::Outside, Severity::Low, 693);

pub(super) fn check(view: &View<'_>) -> Judged {
    let exchange = view.exchange("trace")?;
    if exchange.status == 200 && exchange.body.to_lowercase().contains("x-castellan: trace") {
        return found(Report::at("trace", "TRACE is answered"));
    }
    FINE
}
