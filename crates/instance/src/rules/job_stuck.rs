//! A job does not run.
//!
//! ## What it does
//!
//! Looks at active jobs whose next run is overdue by more than twice their interval, at least an hour.
//!
//! ## Why it matters
//!
//! Cleaning, mail, currency rates and backups stand still, and nobody is told.
//!
//! ## Bad
//!
//! ```json
//! {"jobs": [{"id": 1, "next": 1789900000}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"jobs": [{"id": 1, "next": 1789999000}]}
//! ```
//!
//! ## How to fix
//!
//! Look at the log for the job; see that a process for jobs runs (`max_cron_threads`).
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/778.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::{View, date};

pub(super) const META: RuleMeta = RuleMeta::new("job-stuck", "JOB005", Group::Jobs, Severity::Medium, 778);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["jobs"])?;
    let mut records = Vec::new();
    let mut active = 0;
    for job in view.evidence.jobs.iter().filter(|job| job.active && job.next > 0) {
        active += 1;
        let late = view.evidence.time - job.next;
        if late > (2 * job.minutes * 60).max(3600) {
            records.push((job.id, format!("{}, since {}", job.name, date(job.next))));
        }
    }
    let message = if active > 0 && records.len() == active {
        "no job runs at all".to_owned()
    } else {
        format!("overdue jobs: {}", records.len())
    };
    found_if_any(Report::of("ir.cron", "active, next run overdue", message).records(records))
}
