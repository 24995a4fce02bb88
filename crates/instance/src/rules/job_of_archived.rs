//! A job runs with the rights of somebody who is archived.
//!
//! ## What it does
//!
//! Looks at active jobs whose user is archived, other than the superuser.
//!
//! ## Why it matters
//!
//! It fails when a rule asks about the user, or keeps the rights of a person who has left.
//!
//! ## Bad
//!
//! ```json
//! {"jobs": [{"id": 2, "user": 7}], "users": [{"id": 7, "active": false}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"jobs": [{"id": 2, "user": 7}]}
//! ```
//!
//! ## How to fix
//!
//! Give the job a user of its own.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1188.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::{SUPERUSER, View};

pub(super) const META: RuleMeta = RuleMeta::new("job-of-archived", "JOB008", Group::Jobs, Severity::Low, 1188);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["jobs", "users"])?;
    let mut records = Vec::new();
    for job in view.evidence.jobs.iter().filter(|job| job.active && job.user != SUPERUSER) {
        if view.user(job.user).is_some_and(|user| !user.active) {
            records.push((job.id, format!("{} as {}", job.name, view.login(job.user))));
        }
    }
    let message = format!("jobs that run as archived users: {}", records.len());
    found_if_any(Report::of("ir.cron", "active, user archived", message).records(records))
}
