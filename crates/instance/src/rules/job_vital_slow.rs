//! A job that Odoo needs runs too seldom.
//!
//! ## What it does
//!
//! Looks at the jobs that send mail (every hour at least) and clean up old sessions, tokens and logs (every day at least).
//!
//! ## Why it matters
//!
//! Alerts, links for new passwords and second factors leave late; expired keys and wizards stay in the database.
//!
//! ## Bad
//!
//! ```json
//! {"jobs": [{"id": 1, "minutes": 1440, "next": 1790003600}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"jobs": [{"id": 1, "minutes": 10, "next": 1790000600}]}
//! ```
//!
//! ## How to fix
//!
//! Set the interval back to what Odoo ships: one hour for mail, one day for the clean-up.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/actions.html>
//! * <https://cwe.mitre.org/data/definitions/778.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("job-vital-slow", "JOB013", Group::Jobs, Severity::Low, 778);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["jobs", "names"])?;
    let limits = [("base.autovacuum_job", 24 * 60), ("mail.ir_cron_mail_scheduler_action", 60)];
    let most = |id: i64| {
        let name = view.name("ir.cron", id)?;
        limits.iter().find(|(vital, _)| *vital == name).map(|(_, most)| *most)
    };
    let records: Vec<_> = view
        .evidence
        .jobs
        .iter()
        .filter(|job| job.active && most(job.id).is_some_and(|most| job.minutes > most))
        .map(|job| (job.id, format!("{}, every {} min", job.name, job.minutes)))
        .collect();
    let message = format!("jobs that Odoo needs and that run too seldom: {}", records.len());
    found_if_any(Report::of("ir.cron", "active, needed by Odoo, interval too long", message).records(records))
}
