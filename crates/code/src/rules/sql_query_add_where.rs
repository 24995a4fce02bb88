//! A value is spliced into a `Query` object.
//!
//! ## What it does
//!
//! Reports `add_where`, `add_join` and `add_table` with text built from a value.
//!
//! ## Why it matters
//!
//! The ORM puts the text into the statement as it is. Whoever chooses the value ends the literal and goes on with
//! SQL of their own: they read and change every table, password hashes and access rights included, past all access
//! rules.
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
//!         query = self._where_calc([])
//!         query.add_where("name = '%s'" % name)
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
//!         query = self._where_calc([])
//!         query.add_where("name = %s", [name])
//! ```
//!
//! ## How to fix
//!
//! Pass the value in `where_params`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/89.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("sql-query-add-where", "SQL012", Group::Sql, Severity::High, 89);

pub(super) const CHECK: Check = Check::Flow(&[Sink::SqlQueryPart], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    Some(Report::here(format!("`{}` gets text that holds {}", flow.sink.callee, flow.source_words())))
}
