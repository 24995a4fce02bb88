//! A finished string is wrapped in `SQL(...)`.
//!
//! ## What it does
//!
//! Reports `SQL(text)` of Odoo or psycopg2 whose text was built from a value.
//!
//! ## Why it matters
//!
//! The wrapper marks the text as composed, so nothing checks it again. Whoever chooses the value ends the literal
//! and goes on with SQL of their own: they read and change every table, password hashes and access rights included,
//! past all access rules.
//!
//! ## Bad
//!
//! ```python
//! from odoo.tools import SQL
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     def find(self, name):
//!         self.env.cr.execute(SQL(f"SELECT id FROM x_report WHERE name = '{name}'"))
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo.tools import SQL
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     def find(self, name):
//!         self.env.cr.execute(SQL("SELECT id FROM x_report WHERE name = %s", name))
//! ```
//!
//! ## How to fix
//!
//! Keep the first argument constant: `SQL("... %s", value)`, and `SQL.identifier(column)` for names.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/89.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink, SourceKind};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("sql-wrapper-misuse", "SQL011", Group::Sql, Severity::Critical, 89);

pub(super) const CHECK: Check = Check::Flow(&[Sink::SqlWrapper], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    let report = Report::here(format!("`SQL(...)` wraps text that holds {}", flow.source_words()));
    Some(if flow.source.kind == SourceKind::Stored { report.severity(Severity::Medium) } else { report })
}
