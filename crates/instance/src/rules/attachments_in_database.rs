//! Attachments are stored in the database.
//!
//! ## What it does
//!
//! Looks at `ir_attachment.location`, and counts attachments with their content in the table.
//!
//! ## Why it matters
//!
//! The database grows, backups take hours, and nobody does a restore drill any more.
//!
//! ## Bad
//!
//! ```json
//! {"parameters": [{"key": "ir_attachment.location", "value": "db"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"parameters": [{"key": "ir_attachment.location", "value": "file"}]}
//! ```
//!
//! ## How to fix
//!
//! Set the parameter to `file`, and move what is there with `force_storage` of `ir.attachment`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1066.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("attachments-in-database", "SET017", Group::Settings, Severity::Low, 1066);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["parameters"])?;
    let count = view.evidence.counts.get("attachments-in-database").copied().unwrap_or(0);
    if view.parameter("ir_attachment.location") != Some("db") {
        return FINE;
    }
    found(
        Report::of(
            "ir.config_parameter",
            "ir_attachment.location = db",
            format!("attachments are stored in the database, {count} so far"),
        )
        .records(view.parameter_record("ir_attachment.location")),
    )
}
