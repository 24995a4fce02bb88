//! A job runs every few minutes.
//!
//! ## What it does
//!
//! Looks at active jobs that no module of Odoo brought and that run more often than every five minutes.
//!
//! ## Why it matters
//!
//! Each run takes a worker and a transaction. A job that has not ended when the next one is due keeps its records locked, and the jobs
//! behind it wait.
//!
//! ## Bad
//!
//! ```json
//! {"jobs": [{"id": 9, "name": "Sync orders", "active": true, "minutes": 1, "next": 1790000060}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"jobs": [{"id": 9, "name": "Sync orders", "active": true, "minutes": 15, "next": 1790000060}]}
//! ```
//!
//! ## How to fix
//!
//! Let it run every 15 minutes or more seldom, or start it by what happened (a webhook, a trigger of the job).
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/actions.html>
//! * <https://cwe.mitre.org/data/definitions/400.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("job-often", "JOB009", Group::Jobs, Severity::Low, 400);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["jobs", "names"])?;
    let records: Vec<_> = view
        .evidence
        .jobs
        .iter()
        .filter(|job| job.active && (1..5).contains(&job.minutes) && !helpers::is_job_by_odoo(view, job))
        .map(|job| (job.id, format!("{}, every {} min", job.name, job.minutes)))
        .collect();
    let message = format!("jobs that run every few minutes: {}", records.len());
    found_if_any(Report::of("ir.cron", "active, not of Odoo, interval below 5 minutes", message).records(records))
}
