//! PostgreSQL reads much from the disk.
//!
//! ## What it does
//!
//! Looks at the share of reads that memory answered, once ten million were counted: less than 95 % is told.
//!
//! ## Why it matters
//!
//! Every page of Odoo waits for the disk. It is no weakness, but it makes one easy to wear out.
//!
//! ## Bad
//!
//! ```json
//! {"server": {"cache": [{"subject": "prod", "value": 0.82}]}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"server": {"cache": [{"subject": "prod", "value": 0.997}]}}
//! ```
//!
//! ## How to fix
//!
//! Raise `shared_buffers` to a quarter of the memory; look for large tables that are read from end to end.
//!
//! ## References
//!
//! * <https://www.postgresql.org/docs/current/runtime-config-resource.html>
//! * <https://cwe.mitre.org/data/definitions/400.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("server-cache-small", "DBS012", Group::Server, Severity::Info, 400).persona(Persona::Auditor);

pub(super) fn check(view: &View<'_>) -> Judged {
    let facts = view.fact("cache")?;
    let records: Vec<_> = facts
        .iter()
        .filter(|one| one.value < 0.95)
        .map(|one| (0, format!("{}: {:.1} %", one.subject, one.value * 100.0)))
        .collect();
    let message = format!("databases that read much from the disk: {}", records.len());
    let report = Report::of("postgresql", "blks_hit by blks_read", message).records(records);
    found_if_any(report)
}
