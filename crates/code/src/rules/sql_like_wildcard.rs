//! A pattern for LIKE is built from user text without escaping.
//!
//! ## What it does
//!
//! Reports parameters such as `'%' + text + '%'` for a LIKE in raw SQL.
//!
//! ## Why it matters
//!
//! `%` and `_` in the text match everything: a search for one record returns all of them, slowly.
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
//!         self.env.cr.execute("SELECT id FROM x_report WHERE name LIKE %s", ('%' + name + '%',))
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo.tools import escape_psql
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     def find(self, name):
//!         self.env.cr.execute("SELECT id FROM x_report WHERE name LIKE %s", ('%' + escape_psql(name) + '%',))
//! ```
//!
//! ## How to fix
//!
//! Escape the text with `odoo.tools.escape_psql` (`sql_escape` of your own before 17.0), or use the ORM's `ilike`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1286.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("sql-like-wildcard", "SQL017", Group::Sql, Severity::Low, 1286);

pub(super) const CHECK: Check = Check::Flow(&[Sink::LikeParameter], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    flow.source.kind.is_client().then(|| {
        Report::here(format!("a LIKE pattern holds {}", flow.source_words())).confidence(Confidence::Medium)
    })
}
