//! A sequence of numbers holds markup or an expression.
//!
//! ## What it does
//!
//! Looks for prefixes and suffixes of sequences with a tag or a template expression. Odoo itself only replaces words such as `%(year)s`.
//!
//! ## Why it matters
//!
//! The number is printed on documents, in mails and on pages, where an expression may be worked out and a tag may run as a script.
//!
//! ## Bad
//!
//! ```json
//! {"sequences": [{"id": 3, "name": "Invoices", "prefix": "<img src=x onerror=alert(1)>", "suffix": ""}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"sequences": [{"id": 3, "name": "Invoices", "prefix": "INV/%(range_year)s/", "suffix": ""}]}
//! ```
//!
//! ## How to fix
//!
//! Take the markup out, and look for who wrote it.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/orm.html>
//! * <https://cwe.mitre.org/data/definitions/79.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("sequence-code", "SET023", Group::Settings, Severity::Medium, 79).confidence(Confidence::Medium);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["sequences"])?;
    let is_code = |text: &str| ["<", "${", "{{", "{%", "__"].iter().any(|start| text.contains(start));
    let records: Vec<_> = view
        .evidence
        .sequences
        .iter()
        .filter(|one| is_code(&one.prefix) || is_code(&one.suffix))
        .map(|one| (one.id, one.name.clone()))
        .collect();
    let message = format!("sequences with markup or an expression: {}", records.len());
    found_if_any(Report::of("ir.sequence", "prefix or suffix with markup or an expression", message).records(records))
}
