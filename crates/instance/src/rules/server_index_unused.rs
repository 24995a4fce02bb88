//! A large index serves nobody.
//!
//! ## What it does
//!
//! Looks for indexes of more than 100 MiB that were never used since the statistics began.
//!
//! ## Why it matters
//!
//! It costs disk, backups and time of every write.
//!
//! ## Bad
//!
//! ```json
//! {"server": {"unused-indexes": [{"subject": "mail_message_x_idx", "value": 250000000}]}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"server": {"unused-indexes": []}}
//! ```
//!
//! ## How to fix
//!
//! `DROP INDEX CONCURRENTLY`, after a month in which it was not used on the replicas either.
//!
//! ## References
//!
//! * <https://www.postgresql.org/docs/current/indexes-intro.html>
//! * <https://cwe.mitre.org/data/definitions/1164.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("server-index-unused", "DBS014", Group::Server, Severity::Info, 1164).persona(Persona::Auditor);

pub(super) fn check(view: &View<'_>) -> Judged {
    let facts = view.fact("unused-indexes")?;
    let records: Vec<_> = facts
        .iter()
        .filter(|one| one.value > 1.0e8)
        .map(|one| (0, format!("{}, {:.0} MB", one.subject, one.value / 1.0e6)))
        .collect();
    let message = format!("large indexes that were never used: {}", records.len());
    let report = Report::of("postgresql", "idx_scan = 0 in pg_stat_user_indexes", message).records(records);
    found_if_any(report)
}
