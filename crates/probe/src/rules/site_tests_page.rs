//! The page of JavaScript tests is open to everybody.
//!
//! ## What it does
//!
//! Asks `/web/tests` without a session.
//!
//! ## Why it matters
//!
//! Test code is not meant for strangers and loads everything that is installed.
//!
//! ## Bad
//!
//! ```http
//! > tests
//! 200
//! content-type: text/html
//!
//! <title>Web Tests</title><script src="/web/assets/web.qunit_suite.js"></script>
//! ```
//!
//! ## Good
//!
//! ```http
//! > tests
//! 303
//! location: /web/login
//! ```
//!
//! ## How to fix
//!
//! Refuse `/web/tests` and `/web/benchmarks` at the proxy.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/489.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-tests-page", "OUT016", Group::Outside, Severity::Low, 489);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    match view.served("tests")? {
        Some(exchange)
            if ["qunit", "hoot", "unit_tests", "Web Tests"].iter().any(|mark| exchange.body.contains(mark)) =>
        {
            found(Report::at("tests", "/web/tests is served without a session"))
        }
        _ => FINE,
    }
}
