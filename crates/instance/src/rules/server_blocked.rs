//! Sessions wait for a lock.
//!
//! ## What it does
//!
//! Looks for sessions that have waited for another one for more than 30 seconds.
//!
//! ## Why it matters
//!
//! Users see a page that hangs; jobs are late; after `limit_time_real` Odoo ends the worker.
//!
//! ## Bad
//!
//! ```json
//! {"server": {"blocked": [{"subject": "odoo-19 (812) waits for 4711", "value": 95}]}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"server": {"blocked": []}}
//! ```
//!
//! ## How to fix
//!
//! Look at what the session in front does, and end it when nobody needs it.
//!
//! ## References
//!
//! * <https://www.postgresql.org/docs/current/explicit-locking.html>
//! * <https://cwe.mitre.org/data/definitions/833.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("server-blocked", "DBS007", Group::Server, Severity::Medium, 833);

pub(super) fn check(view: &View<'_>) -> Judged {
    let facts = view.fact("blocked")?;
    let records: Vec<_> = facts
        .iter()
        .filter(|one| one.value > 30.0)
        .map(|one| (0, format!("{}, {:.0} s", one.subject, one.value)))
        .collect();
    let message = format!("sessions that wait for a lock: {}", records.len());
    let report = Report::of("postgresql", "pg_blocking_pids", message).records(records);
    found_if_any(report)
}
