//! A job made by hand runs code as the superuser.
//!
//! ## What it does
//!
//! Looks at active jobs with the rights of user 1 that no module brought, and whose action is code.
//!
//! ## Why it matters
//!
//! No access right and no rule holds for it: a door that stays open after the person who made it has left.
//!
//! ## Bad
//!
//! ```json
//! {"jobs": [{"id": 40, "name": "Nightly", "action": 40, "user": 1, "active": true, "minutes": 1440, "next": 1790000900}], "actions": [{"id": 40, "name": "Nightly", "state": "code", "code": "model.search([])", "usage": "ir_cron"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"jobs": [{"id": 40, "name": "Nightly", "action": 40, "user": 9, "active": true, "minutes": 1440, "next": 1790000900}], "actions": [{"id": 40, "name": "Nightly", "state": "code", "code": "model.search([])", "usage": "ir_cron"}]}
//! ```
//!
//! ## How to fix
//!
//! Read its code; give it a user with the rights that it needs, or move it into a module that is reviewed.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::{SUPERUSER, View};

pub(super) const META: RuleMeta = RuleMeta::new("job-as-superuser", "JOB004", Group::Jobs, Severity::High, 250);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["jobs", "names"])?;
    let records: Vec<_> = view
        .evidence
        .jobs
        .iter()
        .filter(|job| job.active && job.user == SUPERUSER && !helpers::is_from_module(view, "ir.cron", job.id))
        .map(|job| (job.id, job.name.clone()))
        .collect();
    let message = format!("jobs made by hand that run as the superuser: {}", records.len());
    found_if_any(Report::of("ir.cron", "active, user 1, from no module", message).records(records))
}
