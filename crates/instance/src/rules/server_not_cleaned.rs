//! Tables are not cleaned.
//!
//! ## What it does
//!
//! Looks for tables with more than 100,000 rows of which more than a fifth are dead.
//!
//! ## Why it matters
//!
//! Reading gets slower and disks fill. It is the first sign of a transaction that stays open or of a cleaning that is switched off.
//!
//! ## Bad
//!
//! ```json
//! {"server": {"dead-rows": [{"subject": "bus_bus", "value": 0.6}]}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"server": {"dead-rows": [{"subject": "bus_bus", "value": 0.1}]}}
//! ```
//!
//! ## How to fix
//!
//! `VACUUM (ANALYZE) table`; look for open transactions; let autovacuum work more often for this table.
//!
//! ## References
//!
//! * <https://www.postgresql.org/docs/current/routine-vacuuming.html>
//! * <https://cwe.mitre.org/data/definitions/400.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("server-not-cleaned", "DBS009", Group::Server, Severity::Low, 400);

pub(super) fn check(view: &View<'_>) -> Judged {
    let facts = view.fact("dead-rows")?;
    let records: Vec<_> = facts
        .iter()
        .filter(|one| one.value > 0.2)
        .map(|one| (0, format!("{}: {:.0} % dead", one.subject, one.value * 100.0)))
        .collect();
    let message = format!("large tables with many dead rows: {}", records.len());
    let report = Report::of("postgresql", "n_dead_tup by n_live_tup", message).records(records);
    found_if_any(report)
}
