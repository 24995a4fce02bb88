//! A whole statement kept in a field is executed.
//!
//! ## What it does
//!
//! Reports `cr.execute(record.field)` where the field holds the statement itself.
//!
//! ## Why it matters
//!
//! Whoever may write that record runs any SQL on the server. That is a tool for administrators and must not be
//! reachable below them.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Report(models.Model):
//!     _name = 'x.report'
//!
//!     query = fields.Text()
//!
//!     def action_run(self):
//!         self.env.cr.execute(self.query)
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
//!     limit = fields.Integer()
//!
//!     def action_run(self):
//!         self.env.cr.execute("SELECT id FROM x_report LIMIT %s", (self.limit,))
//! ```
//!
//! ## How to fix
//!
//! Restrict the field and the model to `base.group_system`, run the statement on a read-only cursor, and check it
//! when it is written.
//!
//! ## Limits
//!
//! Query editors for administrators do this by design; check who may write the model.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/89.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink, SourceKind, Traits};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("sql-stored-query", "SQL004", Group::Sql, Severity::High, 89).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Sql, Sink::SqlCopy], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    let stored = matches!(flow.source.kind, SourceKind::Stored | SourceKind::Wizard);
    (stored && flow.sink.traits.contains(Traits::WHOLE)).then(|| {
        Report::here(format!("executes the statement in {}", flow.source_words())).confidence(Confidence::Medium)
    })
}
