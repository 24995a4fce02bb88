//! A job has no runs left.
//!
//! ## What it does
//!
//! Looks at active jobs whose number of calls has come to 0 (up to 17.0).
//!
//! ## Why it matters
//!
//! It looks switched on and never runs again: what it cleans, sends or checks stays as it is, and nobody is told.
//!
//! ## Bad
//!
//! ```json
//! {"jobs": [{"id": 9, "name": "Clean up", "active": true, "minutes": 1440, "next": 1790000060, "left": 0}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"jobs": [{"id": 9, "name": "Clean up", "active": true, "minutes": 1440, "next": 1790000060, "left": null}]}
//! ```
//!
//! ## How to fix
//!
//! Set the number of calls to -1, or switch the job off.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/actions.html>
//! * <https://cwe.mitre.org/data/definitions/778.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("job-exhausted", "JOB010", Group::Jobs, Severity::Low, 778);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["jobs"])?;
    let records: Vec<_> = view
        .evidence
        .jobs
        .iter()
        .filter(|job| job.active && job.left == Some(0))
        .map(|job| (job.id, job.name.clone()))
        .collect();
    let message = format!("jobs that are switched on and have no runs left: {}", records.len());
    found_if_any(Report::of("ir.cron", "active, numbercall = 0", message).records(records))
}
