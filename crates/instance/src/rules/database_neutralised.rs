//! This is a neutralised copy.
//!
//! ## What it does
//!
//! Looks at `database.is_neutralized`, which `odoo-bin neutralize` sets.
//!
//! ## Why it matters
//!
//! The copy holds the records and passwords of production; if it is production, no mail leaves and no job runs.
//!
//! ## Bad
//!
//! ```json
//! {"parameters": [{"key": "database.is_neutralized", "value": "true"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"parameters": [{"key": "database.is_neutralized", "value": "false"}]}
//! ```
//!
//! ## How to fix
//!
//! Keep copies as well locked as production, with other passwords, and delete them after use.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/668.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("database-neutralised", "SET019", Group::Settings, Severity::Medium, 668);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["parameters"])?;
    match view.parameter("database.is_neutralized") {
        Some(value) if matches!(value.to_lowercase().as_str(), "true" | "1" | "t") => found(
            Report::of("ir.config_parameter", "key database.is_neutralized", "the database is a neutralised copy")
                .records(view.parameter_record("database.is_neutralized")),
        ),
        _ => FINE,
    }
}
