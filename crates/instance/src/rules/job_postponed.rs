//! The next run of a job is put off for very long.
//!
//! ## What it does
//!
//! Looks at active jobs whose next run is more than three intervals away, and more than a day.
//!
//! ## Why it matters
//!
//! A job that cleans, sends or reports and is put off for months is switched off without looking so. It is an easy way to silence a
//! control.
//!
//! ## Bad
//!
//! ```json
//! {"jobs": [{"id": 2, "next": 1890000000}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"jobs": [{"id": 2, "next": 1790080000}]}
//! ```
//!
//! ## How to fix
//!
//! Set the next run to a date within one interval.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/actions.html>
//! * <https://cwe.mitre.org/data/definitions/778.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::{DAY, View, date};

pub(super) const META: RuleMeta = RuleMeta::new("job-postponed", "JOB011", Group::Jobs, Severity::Medium, 778);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["jobs"])?;
    let records: Vec<_> = view
        .evidence
        .jobs
        .iter()
        .filter(|job| job.active && job.next - view.evidence.time > (3 * job.minutes * 60).max(DAY))
        .map(|job| (job.id, format!("{}, not before {}", job.name, date(job.next))))
        .collect();
    let message = format!("jobs that are put off for more than three intervals: {}", records.len());
    found_if_any(Report::of("ir.cron", "active, next run more than three intervals away", message).records(records))
}
