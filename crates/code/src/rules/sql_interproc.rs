//! A helper builds SQL text from its argument and the statement is executed elsewhere.
//!
//! ## What it does
//!
//! Follows values through functions of the scan: into a helper that builds text, back from it, and into
//! `cr.execute`.
//!
//! ## Why it matters
//!
//! Neither place looks wrong alone. Whoever chooses the value ends the literal and goes on with SQL of their own:
//! they read and change every table, password hashes and access rights included, past all access rules.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     def _where(self, name):
//!         return "WHERE name = '%s'" % name
//!
//!     def find(self, name):
//!         self.env.cr.execute("SELECT id FROM x_report " + self._where(name))
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
//!     def _where(self, name):
//!         return "WHERE name = %s", (name,)
//!
//!     def find(self, name):
//!         where, params = self._where(name)
//!         self.env.cr.execute("SELECT id FROM x_report WHERE name = %s", params)
//! ```
//!
//! ## How to fix
//!
//! Let the helper return the text together with its parameters, or an `SQL` object.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/89.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink, SourceKind, Traits};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("sql-interproc", "SQL006", Group::Sql, Severity::Critical, 89);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Sql], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    let helper = flow.sink.traits.contains(Traits::FROM_CALL);
    let plain = !flow.source.kind.is_client() || flow.source.kind == SourceKind::Values;
    (helper && (plain || !flow.crosses_calls)).then(|| {
        Report::here(format!("a helper builds SQL text from {}", flow.source_words()))
    })
}
