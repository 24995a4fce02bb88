//! `AsIs` passes a value into SQL without quoting.
//!
//! ## What it does
//!
//! Reports `AsIs(value)` of psycopg2 with a value that is not constant.
//!
//! ## Why it matters
//!
//! It looks like a parameter and is none: the driver splices the text in as it is. Whoever chooses the value ends
//! the literal and goes on with SQL of their own: they read and change every table, password hashes and access
//! rights included, past all access rules.
//!
//! ## Bad
//!
//! ```python
//! from psycopg2.extensions import AsIs
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     def find(self, order):
//!         self.env.cr.execute("SELECT id FROM x_report ORDER BY %s", (AsIs(order),))
//! ```
//!
//! ## Good
//!
//! ```python
//! from psycopg2.extensions import AsIs
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     def find(self):
//!         self.env.cr.execute("SELECT id FROM %s", (AsIs(self._table),))
//! ```
//!
//! ## How to fix
//!
//! Use `psycopg2.sql.Identifier` or `SQL.identifier` for names, a plain parameter for values.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/89.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("sql-asis", "SQL010", Group::Sql, Severity::High, 89);

pub(super) const CHECK: Check = Check::Flow(&[Sink::SqlAsIs], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    Some(Report::here(format!("`AsIs` splices {} into SQL", flow.source_words())))
}
