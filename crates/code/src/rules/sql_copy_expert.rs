//! A COPY statement is built from a value.
//!
//! ## What it does
//!
//! Reports `copy_expert`, `copy_from` and `copy_to` whose statement or table is built from a value.
//!
//! ## Why it matters
//!
//! COPY reads and writes whole tables, and files of the server for a database superuser. Whoever chooses the value
//! ends the literal and goes on with SQL of their own: they read and change every table, password hashes and access
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
//!     def export(self, table, out):
//!         self.env.cr.copy_expert("COPY %s TO STDOUT" % table, out)
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
//!     def export(self, out):
//!         self.env.cr.copy_expert("COPY x_report TO STDOUT", out)
//! ```
//!
//! ## How to fix
//!
//! Keep the statement constant; compose names with `psycopg2.sql.Identifier`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/89.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("sql-copy-expert", "SQL014", Group::Sql, Severity::High, 89);

pub(super) const CHECK: Check = Check::Flow(&[Sink::SqlCopy], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    Some(Report::here(format!("the COPY statement holds {}", flow.source_words())))
}
