//! A sub-select in a domain is built from a value.
//!
//! ## What it does
//!
//! Reports `inselect` leaves whose SQL text holds a value.
//!
//! ## Why it matters
//!
//! The sub-select becomes part of the statement as it is. Whoever chooses the value ends the literal and goes on
//! with SQL of their own: they read and change every table, password hashes and access rights included, past all
//! access rules.
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
//!         return self.search([('id', 'inselect', ("SELECT id FROM x WHERE name = '%s'" % name, []))])
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
//!         return self.search([('id', 'inselect', ("SELECT id FROM x WHERE name = %s", [name]))])
//! ```
//!
//! ## How to fix
//!
//! Give the sub-select its own parameters, or use an `SQL` object.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/89.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("sql-inselect", "SQL013", Group::Sql, Severity::High, 89);

pub(super) const CHECK: Check = Check::Flow(&[Sink::SqlInSelect], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    Some(Report::here(format!("a sub-select holds {}", flow.source_words())))
}
