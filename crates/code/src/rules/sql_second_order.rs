//! Stored text becomes part of an SQL statement.
//!
//! ## What it does
//!
//! Follows the content of text fields into the text of a statement.
//!
//! ## Why it matters
//!
//! Whoever may write that field ends the literal and goes on with SQL of their own, later and with the rights of
//! whoever runs the code. "Not user input" comments are most often about such text.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     code = fields.Char()
//!
//!     def _refresh(self):
//!         for record in self:
//!             self.env.cr.execute("SELECT refresh('%s')" % record.code)
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
//!     code = fields.Char()
//!
//!     def _refresh(self):
//!         for record in self:
//!             self.env.cr.execute("SELECT refresh(%s)", (record.code,))
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
//! Fields that the scan does not declare are judged by their names.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/89.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink, SourceKind, Traits};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("sql-second-order", "SQL003", Group::Sql, Severity::Medium, 89).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Sql, Sink::SqlCopy], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    if flow.source.kind != SourceKind::Stored || flow.sink.traits.contains(Traits::WHOLE) {
        return None;
    }
    let report = Report::here(format!("SQL text is built from the stored text {}", flow.source_words()));
    Some(report.confidence(Confidence::Medium))
}
