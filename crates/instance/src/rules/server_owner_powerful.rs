//! The role of Odoo may do more than its database.
//!
//! ## What it does
//!
//! Looks at the role that owns the tables: superuser, may create roles, bypasses row security, may replicate. To create databases is what
//! Odoo's own manager needs and is not told.
//!
//! ## Why it matters
//!
//! Whoever finds one injection in any module is administrator of the whole server: a superuser reads files, runs programs of the system and
//! every other database.
//!
//! ## Bad
//!
//! ```json
//! {"server": {"owner-powers": [{"subject": "odoo, superuser", "value": 1}]}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"server": {"owner-powers": []}}
//! ```
//!
//! ## How to fix
//!
//! As a superuser: `ALTER ROLE odoo NOSUPERUSER NOCREATEROLE NOBYPASSRLS NOREPLICATION`.
//!
//! ## References
//!
//! * <https://www.postgresql.org/docs/current/role-attributes.html>
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("server-owner-powerful", "DBS001", Group::Server, Severity::High, 250);

pub(super) fn check(view: &View<'_>) -> Judged {
    let facts = view.fact("owner-powers")?;
    let records: Vec<_> = facts.iter().filter(|one| one.value > 0.0).map(|one| (0, one.subject.clone())).collect();
    let message = format!("powers of the role of Odoo that it does not need: {}", records.len());
    let report = Report::of("postgresql", "owner of res_users in pg_roles", message).records(records);
    found_if_any(if facts.iter().any(|one| one.subject.ends_with(", superuser")) {
        report.severity(Severity::Critical)
    } else {
        report
    })
}
