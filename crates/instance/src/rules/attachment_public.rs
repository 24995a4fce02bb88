//! A file that is no part of the website can be downloaded by everybody.
//!
//! ## What it does
//!
//! Looks at attachments marked as public, by their names and kinds only: those of business records, keys, dumps and documents, and pages that
//! would run in the visitor's browser.
//!
//! ## Why it matters
//!
//! Their numbers are counted up in a minute: `/web/content/1`, `/web/content/2`.
//!
//! ## Bad
//!
//! ```json
//! {"public_attachments": [{"id": 40, "name": "payroll.pdf", "model": "hr.payslip", "mimetype": "application/pdf"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"public_attachments": [{"id": 40, "name": "logo.png", "model": "", "mimetype": "image/png"}]}
//! ```
//!
//! ## How to fix
//!
//! Take the mark away; a link with a token gives single people access.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/552.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("attachment-public", "SET018", Group::Settings, Severity::Medium, 552).confidence(Confidence::Medium);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["public_attachments"])?;
    let mut worst = Severity::Medium;
    let mut records = Vec::new();
    for file in &view.evidence.public_attachments {
        if let Some((severity, what)) = helpers::public_file(file) {
            worst = worst.max(severity);
            records.push((file.id, format!("{} ({what})", file.name)));
        }
    }
    let message = format!("public files that look private: {}", records.len());
    found_if_any(
        Report::of("ir.attachment", "public, no part of the website", message).records(records).severity(worst),
    )
}
