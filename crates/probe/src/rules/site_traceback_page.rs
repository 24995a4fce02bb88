//! An error page shows a Python traceback.
//!
//! ## What it does
//!
//! Reads the answers that were fetched anyway.
//!
//! ## Why it matters
//!
//! Paths, versions and sometimes data of the server help an attacker.
//!
//! ## Bad
//!
//! ```http
//! > website-info
//! 500
//! content-type: text/html
//!
//! <pre>Traceback (most recent call last):
//!   File "/opt/odoo/odoo/http.py", line 1
//! </pre>
//! ```
//!
//! ## Good
//!
//! ```http
//! > website-info
//! 500
//! content-type: text/html
//!
//! Internal Server Error
//! ```
//!
//! ## How to fix
//!
//! Let the proxy answer 5xx with a page of its own (`proxy_intercept_errors`, `error_page`), and look into the log for
//! the cause.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/209.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("site-traceback-page", "OUT018", Group::Outside, Severity::Medium, 209);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.exchange("home")?;
    let shown = view.evidence.exchanges.iter().find(|(_, exchange)| {
        exchange.error.is_none() && exchange.is_html() && exchange.body.contains("Traceback (most recent call last)")
    });
    match shown {
        Some((name, _)) => {
            found(Report::at(name, "an error page shows a traceback").shown_by("Traceback (most recent call last)"))
        }
        None => FINE,
    }
}
