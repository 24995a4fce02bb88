//! SQL text grows by `+` or `join` from a value.
//!
//! ## What it does
//!
//! Reports statements whose text grew over one or several statements from a value that is not constant.
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
//!         query = "SELECT id FROM x_report"
//!         if name:
//!             query += " WHERE name = '" + name + "'"
//!         self.env.cr.execute(query)
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
//!         query = "SELECT id FROM x_report"
//!         params = []
//!         if name:
//!             query += " WHERE name = %s"
//!             params.append(name)
//!         self.env.cr.execute(query, params)
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

use crate::flow::{Flow, Sink, Traits};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("sql-concat", "SQL008", Group::Sql, Severity::Critical, 89);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Sql], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    let grown = flow.sink.traits.contains(Traits::CONCAT) && !flow.sink.traits.contains(Traits::FORMAT);
    grown.then(|| Report::here(format!("SQL text grows by {}", flow.source_words())))
}
