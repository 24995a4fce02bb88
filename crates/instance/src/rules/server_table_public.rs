//! Tables are open to every role of the server.
//!
//! ## What it does
//!
//! Looks for tables with privileges granted to PUBLIC.
//!
//! ## Why it matters
//!
//! Every account of the server, also that of a report or of another application, reads or changes them, whatever Odoo's rights say.
//!
//! ## Bad
//!
//! ```json
//! {"server": {"public-tables": [{"subject": "res_partner", "value": 1}]}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"server": {"public-tables": []}}
//! ```
//!
//! ## How to fix
//!
//! `REVOKE ALL ON TABLE ... FROM PUBLIC`.
//!
//! ## References
//!
//! * <https://www.postgresql.org/docs/current/ddl-priv.html>
//! * <https://cwe.mitre.org/data/definitions/732.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("server-table-public", "DBS002", Group::Server, Severity::High, 732);

pub(super) fn check(view: &View<'_>) -> Judged {
    let facts = view.fact("public-tables")?;
    let records: Vec<_> = facts.iter().filter(|one| one.value > 0.0).map(|one| (0, one.subject.clone())).collect();
    let message = format!("tables that every role of the server may use: {}", records.len());
    let report = Report::of("postgresql", "privileges of PUBLIC in pg_class.relacl", message).records(records);
    found_if_any(report)
}
