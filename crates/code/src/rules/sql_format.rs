//! A value is formatted into the text of an SQL statement.
//!
//! ## What it does
//!
//! Reports `cr.execute()` with text built by `%`, an f-string or `.format()` from a value that is not constant.
//!
//! ## Why it matters
//!
//! Whoever chooses the value ends the literal and goes on with SQL of their own: they read and change every table,
//! password hashes and access rights included, past all access rules.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     def find(self, name):
//!         self.env.cr.execute("SELECT id FROM x_report WHERE name = '%s'" % name)
//! ```
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     def find(self, name):
//!         self.env.cr.execute(f"SELECT id FROM x_report WHERE name = '{name}'")
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     def find(self, name):
//!         self.env.cr.execute("SELECT id FROM x_report WHERE name = %s", (name,))
//! ```
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     def find(self, ids):
//!         marks = ', '.join(['%s'] * len(ids))
//!         self.env.cr.execute("SELECT name FROM %s WHERE id IN (%s)" % (self._table, marks), ids)
//! ```
//!
//! ## How to fix
//!
//! Keep the text constant and pass every value as a parameter: `cr.execute("... WHERE name = %s", (name,))`. For
//! table and column names use `psycopg2.sql.Identifier` or `SQL.identifier`; for keywords such as ASC choose from a
//! literal list.
//!
//! ## Limits
//!
//! Names of tables and columns taken from the registry (`_table`, `field.name`) and numbers are not reported.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/89.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("sql-format", "SQL009", Group::Sql, Severity::Critical, 89);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Sql], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    Some(Report::here(format!("SQL text holds {}", flow.source_words())))
}
