//! An argument that clients send becomes part of an SQL statement.
//!
//! ## What it does
//!
//! Follows arguments of routes and of public methods, through the functions of the scan, into the text of a
//! statement in another function.
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
//!         return self._run(name)
//!
//!     def _run(self, name):
//!         self.env.cr.execute("SELECT id FROM x_report WHERE name = '%s'" % name)
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
//!     def find(self, limit):
//!         return self._run(int(limit))
//!
//!     def _run(self, limit):
//!         self.env.cr.execute("SELECT id FROM x_report LIMIT %s" % limit)
//! ```
//!
//! ## How to fix
//!
//! Keep the text constant and pass every value as a parameter: `cr.execute("... WHERE name = %s", (name,))`. For
//! table and column names use `psycopg2.sql.Identifier` or `SQL.identifier`; for keywords such as ASC choose from a
//! literal list.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/89.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("sql-rpc-source", "SQL007", Group::Sql, Severity::Critical, 89);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Sql], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.crosses_calls && flow.source.kind.is_client()).then(|| {
        Report::here(format!("SQL text is built from {}", flow.source_words()))
    })
}
