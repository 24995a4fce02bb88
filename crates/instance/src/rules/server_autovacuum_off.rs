//! The cleaning of tables is switched off.
//!
//! ## What it does
//!
//! Looks whether `autovacuum` is off, for the server or for single tables.
//!
//! ## Why it matters
//!
//! Dead rows stay, the counter of transactions runs to its end, and PostgreSQL then stops taking writes.
//!
//! ## Bad
//!
//! ```json
//! {"server": {"without-autovacuum": [{"subject": "every table", "value": 1}]}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"server": {"without-autovacuum": []}}
//! ```
//!
//! ## How to fix
//!
//! `ALTER SYSTEM SET autovacuum = on`, `ALTER TABLE ... RESET (autovacuum_enabled)`.
//!
//! ## References
//!
//! * <https://www.postgresql.org/docs/current/routine-vacuuming.html>
//! * <https://cwe.mitre.org/data/definitions/400.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("server-autovacuum-off", "DBS010", Group::Server, Severity::Medium, 400);

pub(super) fn check(view: &View<'_>) -> Judged {
    let facts = view.fact("without-autovacuum")?;
    let records: Vec<_> = facts.iter().filter(|one| one.value > 0.0).map(|one| (0, one.subject.clone())).collect();
    let message = format!("tables that are not cleaned by themselves: {}", records.len());
    let report = Report::of("postgresql", "autovacuum = off, reloptions", message).records(records);
    found_if_any(report)
}
