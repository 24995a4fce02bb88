//! SQL can be injected, and Odoo's database role is a superuser.
//!
//! ## What it does
//!
//! Joins SQL injection in custom code with a role of PostgreSQL that may do everything.
//!
//! ## Why it matters
//!
//! A superuser of PostgreSQL reads files and starts programs on its host: what was a leak of data is a taken server.
//!
//! ## Bad
//!
//! ```toml
//! finding = [{ rule = "sql-format", module = "shop_api", severity = "high" }, { rule = "odoo-database-superuser" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "sql-format", module = "shop_api", severity = "high" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "odoo-database-superuser" }]
//! ```
//!
//! ## How to fix
//!
//! Repair the statement, and take the superuser right from the role: `ALTER ROLE odoo NOSUPERUSER`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta =
    RuleMeta::new("injection-with-database-superuser", "JOI010", Group::Joined, Severity::Critical, 250);

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    view.join(
        &[
            view.code().filter(|finding| finding.cwe == 89 && finding.severity >= Severity::Medium).collect(),
            view.all(&["odoo-database-superuser", "postgres-role-superuser", "server-owner-powerful"]).collect(),
        ],
        "SQL can be injected, and the role that runs it may do everything on the server of the database",
    )
}
