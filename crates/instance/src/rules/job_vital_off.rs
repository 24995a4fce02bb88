//! A job that Odoo needs is switched off.
//!
//! ## What it does
//!
//! Looks at the jobs that clean up (`base.autovacuum_job`) and send mail (`mail.ir_cron_mail_scheduler_action`).
//!
//! ## Why it matters
//!
//! Without cleaning, old keys, sessions and log rows are kept; without mail no link and no alert arrives.
//!
//! ## Bad
//!
//! ```json
//! {"jobs": [{"id": 2, "active": false}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"jobs": [{"id": 2, "active": true}]}
//! ```
//!
//! ## How to fix
//!
//! Switch it on.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/778.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("job-vital-off", "JOB007", Group::Jobs, Severity::Medium, 778);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["jobs", "names"])?;
    let vital = ["base.autovacuum_job", "mail.ir_cron_mail_scheduler_action"];
    let records: Vec<_> = view
        .evidence
        .jobs
        .iter()
        .filter(|job| !job.active && view.name("ir.cron", job.id).is_some_and(|name| vital.contains(&name)))
        .map(|job| (job.id, job.name.clone()))
        .collect();
    let message = format!("jobs that Odoo needs, switched off: {}", records.len());
    found_if_any(Report::of("ir.cron", "archived, needed by Odoo", message).records(records))
}
