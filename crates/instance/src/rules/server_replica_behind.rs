//! A copy of the database is far behind.
//!
//! ## What it does
//!
//! Looks at the delay of replicas: more than a minute is told.
//!
//! ## Why it matters
//!
//! What is not yet there is lost when the first server fails, and reports from the copy are wrong.
//!
//! ## Bad
//!
//! ```json
//! {"server": {"replicas": [{"subject": "standby", "value": 600}]}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"server": {"replicas": [{"subject": "standby", "value": 0.2}]}}
//! ```
//!
//! ## How to fix
//!
//! Look at the disk and network of the copy, and at long statements on it.
//!
//! ## References
//!
//! * <https://www.postgresql.org/docs/current/monitoring-stats.html>
//! * <https://cwe.mitre.org/data/definitions/1188.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("server-replica-behind", "DBS011", Group::Server, Severity::Medium, 1188);

pub(super) fn check(view: &View<'_>) -> Judged {
    let facts = view.fact("replicas")?;
    let records: Vec<_> = facts
        .iter()
        .filter(|one| one.value > 60.0)
        .map(|one| (0, format!("{}, {:.0} s", one.subject, one.value)))
        .collect();
    let message = format!("replicas that are more than a minute behind: {}", records.len());
    let report = Report::of("postgresql", "pg_stat_replication.replay_lag", message).records(records);
    found_if_any(report)
}
