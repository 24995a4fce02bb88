//! The numbers of a table come to their end.
//!
//! ## What it does
//!
//! Looks at how much of its range each sequence has used: 80 % is told, from 95 % it is high. Ids of Odoo are four bytes wide.
//!
//! ## Why it matters
//!
//! With the last number used no record of the table can be made any more: no mail, no session, no invoice.
//!
//! ## Bad
//!
//! ```json
//! {"server": {"sequences": [{"subject": "mail_message_id_seq", "value": 0.86}]}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"server": {"sequences": [{"subject": "mail_message_id_seq", "value": 0.55}]}}
//! ```
//!
//! ## How to fix
//!
//! Widen the column (`ALTER TABLE ... ALTER COLUMN id TYPE bigint`) in a planned window, with all that refer to it, or delete old rows and
//! begin again.
//!
//! ## References
//!
//! * <https://www.postgresql.org/docs/current/datatype-numeric.html>
//! * <https://cwe.mitre.org/data/definitions/190.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("server-sequence-ends", "DBS008", Group::Server, Severity::Medium, 190);

pub(super) fn check(view: &View<'_>) -> Judged {
    let facts = view.fact("sequences")?;
    let records: Vec<_> = facts
        .iter()
        .filter(|one| one.value > 0.8)
        .map(|one| (0, format!("{}: {:.0} %", one.subject, one.value * 100.0)))
        .collect();
    let message = format!("sequences near their end: {}", records.len());
    let report = Report::of("postgresql", "last_value by range", message).records(records);
    found_if_any(if facts.iter().any(|one| one.value > 0.95) { report.severity(Severity::High) } else { report })
}
