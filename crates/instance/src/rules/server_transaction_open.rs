//! A transaction stays open.
//!
//! ## What it does
//!
//! Looks for transactions of the database that are older than five minutes.
//!
//! ## Why it matters
//!
//! It holds its locks, so that users and jobs wait, and keeps PostgreSQL from cleaning up. A session that is idle in a transaction is often
//! a job that hangs or a person with a console.
//!
//! ## Bad
//!
//! ```json
//! {"server": {"open-transactions": [{"subject": "odoo-19 (4711, idle in transaction)", "value": 1800}]}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"server": {"open-transactions": [{"subject": "odoo-19 (4711, active)", "value": 2}]}}
//! ```
//!
//! ## How to fix
//!
//! End it (`SELECT pg_terminate_backend(pid)`), and set `idle_in_transaction_session_timeout`.
//!
//! ## References
//!
//! * <https://www.postgresql.org/docs/current/monitoring-stats.html>
//! * <https://cwe.mitre.org/data/definitions/400.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("server-transaction-open", "DBS006", Group::Server, Severity::Medium, 400);

pub(super) fn check(view: &View<'_>) -> Judged {
    let facts = view.fact("open-transactions")?;
    let records: Vec<_> = facts
        .iter()
        .filter(|one| one.value > 300.0)
        .map(|one| (0, format!("{}, {:.0} min", one.subject, one.value / 60.0)))
        .collect();
    let message = format!("transactions that are open for more than five minutes: {}", records.len());
    let report = Report::of("postgresql", "pg_stat_activity, xact_start", message).records(records);
    found_if_any(report)
}
