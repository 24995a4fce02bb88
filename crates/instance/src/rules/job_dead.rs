//! A job that nobody uses is left behind.
//!
//! ## What it does
//!
//! Looks at jobs that no module of Odoo brought, that are switched off and have not run for half a year.
//!
//! ## Why it matters
//!
//! Its code stays, nobody looks after it, and one click runs it with the rights it once had.
//!
//! ## Bad
//!
//! ```json
//! {"jobs": [{"id": 9, "name": "Old import", "active": false, "minutes": 60, "last": 1760000000}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"jobs": [{"id": 9, "name": "Old import", "active": false, "minutes": 60, "last": 1789000000}]}
//! ```
//!
//! ## How to fix
//!
//! Delete it with its server action.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/actions.html>
//! * <https://cwe.mitre.org/data/definitions/1164.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::{View, date};

pub(super) const META: RuleMeta = RuleMeta::new("job-dead", "JOB012", Group::Jobs, Severity::Info, 1164);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["jobs", "names"])?;
    let records: Vec<_> = view
        .evidence
        .jobs
        .iter()
        .filter(|job| {
            !job.active && job.last > 0 && view.days_since(job.last) > 180 && !helpers::is_job_by_odoo(view, job)
        })
        .map(|job| (job.id, format!("{}, last run {}", job.name, date(job.last))))
        .collect();
    let message = format!("jobs that are switched off and have not run for half a year: {}", records.len());
    found_if_any(
        Report::of("ir.cron", "archived, not of Odoo, last run more than 180 days ago", message).records(records),
    )
}
