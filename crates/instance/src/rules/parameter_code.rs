//! A system parameter holds code.
//!
//! ## What it does
//!
//! Looks for values of system parameters that have the shape of Python or of a script. The value itself is not kept.
//!
//! ## Why it matters
//!
//! Code in a parameter is run by whatever reads it, with the rights of the server or in the browser of whoever sees it, and passes by every
//! review.
//!
//! ## Bad
//!
//! ```json
//! {"parameters": [{"key": "x.filter", "length": 40, "looks_like_code": true}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"parameters": [{"key": "x.filter", "length": 40}]}
//! ```
//!
//! ## How to fix
//!
//! Put the code into a module. Look for who wrote the parameter, and when.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/actions.html>
//! * <https://cwe.mitre.org/data/definitions/94.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("parameter-code", "SET022", Group::Settings, Severity::Medium, 94).confidence(Confidence::Medium);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["parameters"])?;
    let records: Vec<_> = view
        .evidence
        .parameters
        .iter()
        .filter(|one| one.looks_like_code)
        .map(|one| (one.id, format!("{}, {} characters", one.key, one.length)))
        .collect();
    let message = format!("parameters that hold code: {}", records.len());
    found_if_any(
        Report::of("ir.config_parameter", "value with the shape of Python or of a script", message).records(records),
    )
}
