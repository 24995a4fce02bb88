//! A value of the context becomes part of an SQL statement.
//!
//! ## What it does
//!
//! Follows values of `self.env.context` into the text of a statement.
//!
//! ## Why it matters
//!
//! The client sends the context along with every call, so its values are user input. Whoever chooses the value ends
//! the literal and goes on with SQL of their own: they read and change every table, password hashes and access
//! rights included, past all access rules.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     def _lines(self):
//!         order = self.env.context.get('order', 'id')
//!         self.env.cr.execute("SELECT id FROM x_report ORDER BY " + order)
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
//!     def _lines(self):
//!         order = self.env.context.get('order')
//!         if order not in ('id', 'name'):
//!             order = 'id'
//!         self.env.cr.execute("SELECT id FROM x_report ORDER BY " + order)
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
//! A key that the server itself always sets with `with_context(constant)` is reported too: nothing stops a client
//! from setting it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/89.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink, SourceKind};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("sql-context-source", "SQL002", Group::Sql, Severity::Critical, 89);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Sql], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind == SourceKind::Context).then(|| {
        Report::here(format!("SQL text is built from the context: {}", flow.source_words()))
    })
}
