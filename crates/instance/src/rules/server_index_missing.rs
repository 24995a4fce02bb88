//! A large table is read from end to end again and again.
//!
//! ## What it does
//!
//! Looks for tables with more than 100,000 rows that were read whole more than a thousand times.
//!
//! ## Why it matters
//!
//! Each such read takes seconds and a processor; a visitor who can cause it can wear the server out.
//!
//! ## Bad
//!
//! ```json
//! {"server": {"whole-reads": [{"subject": "mail_message", "value": 52000}]}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"server": {"whole-reads": []}}
//! ```
//!
//! ## How to fix
//!
//! Find the statement (`pg_stat_statements`) and give the field `index=True` in its module.
//!
//! ## References
//!
//! * <https://www.postgresql.org/docs/current/indexes-intro.html>
//! * <https://cwe.mitre.org/data/definitions/400.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("server-index-missing", "DBS013", Group::Server, Severity::Info, 400).persona(Persona::Auditor);

pub(super) fn check(view: &View<'_>) -> Judged {
    let facts = view.fact("whole-reads")?;
    let records: Vec<_> = facts
        .iter()
        .filter(|one| one.value > 1000.0)
        .map(|one| (0, format!("{}, {:.0} times", one.subject, one.value)))
        .collect();
    let message = format!("large tables that are read from end to end: {}", records.len());
    let report = Report::of("postgresql", "seq_scan in pg_stat_user_tables", message).records(records);
    found_if_any(report)
}
