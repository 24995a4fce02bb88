//! Other roles may read how passwords are stored.
//!
//! ## What it does
//!
//! Looks for roles that can log in, are neither superuser nor the owner nor the one that reads, and may select the column `password` of
//! `res_users`.
//!
//! ## Why it matters
//!
//! A role for reports or backups is kept in many places. Whoever gets it takes the hashes home and guesses at leisure; the same role often
//! reads API keys and second factors.
//!
//! ## Bad
//!
//! ```json
//! {"server": {"readers-of-users": [{"subject": "reports", "value": 1}]}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"server": {"readers-of-users": []}}
//! ```
//!
//! ## How to fix
//!
//! Grant such roles single columns or views: `REVOKE SELECT ON res_users FROM reports; GRANT SELECT (id, login, active) ON res_users TO
//! reports`.
//!
//! ## References
//!
//! * <https://www.postgresql.org/docs/current/ddl-priv.html>
//! * <https://cwe.mitre.org/data/definitions/732.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("server-readers-of-users", "DBS003", Group::Server, Severity::Medium, 732);

pub(super) fn check(view: &View<'_>) -> Judged {
    let facts = view.fact("readers-of-users")?;
    let records: Vec<_> = facts.iter().filter(|one| one.value > 0.0).map(|one| (0, one.subject.clone())).collect();
    let message = format!("other roles that may read stored passwords: {}", records.len());
    let report = Report::of("postgresql", "roles with SELECT on res_users.password", message).records(records);
    found_if_any(report)
}
