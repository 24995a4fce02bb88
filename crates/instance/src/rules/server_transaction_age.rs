//! The counter of transactions comes near to its end.
//!
//! ## What it does
//!
//! Looks at the age of the oldest transaction of the database: a thousand million is told, from one and a half it is high. At two thousand
//! million PostgreSQL stops taking writes.
//!
//! ## Why it matters
//!
//! Odoo stands still until somebody cleans the database by hand, which takes hours or days.
//!
//! ## Bad
//!
//! ```json
//! {"server": {"transaction-age": [{"subject": "prod", "value": 1200000000}]}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"server": {"transaction-age": [{"subject": "prod", "value": 150000000}]}}
//! ```
//!
//! ## How to fix
//!
//! `VACUUM (FREEZE)` the largest tables, end transactions and replication slots that stay open, and let autovacuum work.
//!
//! ## References
//!
//! * <https://www.postgresql.org/docs/current/routine-vacuuming.html>
//! * <https://cwe.mitre.org/data/definitions/400.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("server-transaction-age", "DBS004", Group::Server, Severity::Medium, 400);

pub(super) fn check(view: &View<'_>) -> Judged {
    let facts = view.fact("transaction-age")?;
    let records: Vec<_> = facts
        .iter()
        .filter(|one| one.value > 1.0e9)
        .map(|one| (0, format!("{}: {:.0} million", one.subject, one.value / 1.0e6)))
        .collect();
    let message = format!("databases with very old transactions: {}", records.len());
    let report = Report::of("postgresql", "age(datfrozenxid)", message).records(records);
    found_if_any(if facts.iter().any(|one| one.value > 1.5e9) { report.severity(Severity::High) } else { report })
}
