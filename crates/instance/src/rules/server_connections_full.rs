//! PostgreSQL has few connections left.
//!
//! ## What it does
//!
//! Compares the connections with `max_connections`: more than 80 % are told.
//!
//! ## Why it matters
//!
//! The next worker or job is refused, and Odoo answers with errors, administrators included.
//!
//! ## Bad
//!
//! ```json
//! {"server": {"connections": [{"subject": "connections", "value": 0.91}]}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"server": {"connections": [{"subject": "connections", "value": 0.2}]}}
//! ```
//!
//! ## How to fix
//!
//! Let workers times `db_maxconn` stay below `max_connections`, or put a pooler in between.
//!
//! ## References
//!
//! * <https://www.postgresql.org/docs/current/runtime-config-connection.html>
//! * <https://cwe.mitre.org/data/definitions/770.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("server-connections-full", "DBS005", Group::Server, Severity::Medium, 770);

pub(super) fn check(view: &View<'_>) -> Judged {
    let facts = view.fact("connections")?;
    let records: Vec<_> = facts
        .iter()
        .filter(|one| one.value > 0.8)
        .map(|one| (0, format!("{:.0} % of max_connections", one.value * 100.0)))
        .collect();
    let message = "connections are nearly used up";
    let report = Report::of("postgresql", "connections by max_connections", message).records(records);
    found_if_any(report)
}
