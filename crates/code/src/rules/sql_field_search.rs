//! Text of a search domain becomes part of an SQL statement.
//!
//! ## What it does
//!
//! Follows the operator and the operand of a field's `search=` method into the text of a statement.
//!
//! ## Why it matters
//!
//! The method looks private, but its arguments come raw from any search domain that any logged-in user sends over
//! RPC. Whoever chooses the value ends the literal and goes on with SQL of their own: they read and change every
//! table, password hashes and access rights included, past all access rules.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     stock = fields.Float(search='_search_stock')
//!
//!     def _search_stock(self, operator, value):
//!         self.env.cr.execute("SELECT id FROM x_report WHERE stock %s %s" % (operator, value))
//!         return [('id', 'in', [row[0] for row in self.env.cr.fetchall()])]
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
//!     stock = fields.Float(search='_search_stock')
//!
//!     def _search_stock(self, operator, value):
//!         if operator not in ('=', '<', '>'):
//!             raise ValueError(operator)
//!         query = "SELECT id FROM x_report WHERE stock " + operator + " %s"
//!         self.env.cr.execute(query, (value,))
//!         return [('id', 'in', [row[0] for row in self.env.cr.fetchall()])]
//! ```
//!
//! ## How to fix
//!
//! Check the operator against a literal list and pass the operand as a parameter, or return a domain instead of
//! running SQL.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/89.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink, SourceKind};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("sql-field-search", "SQL001", Group::Sql, Severity::Critical, 89);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Sql], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind == SourceKind::Search).then(|| {
        Report::here(format!("a field's search method puts {} into SQL text", flow.source_words()))
    })
}
