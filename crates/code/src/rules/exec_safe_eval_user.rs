//! `safe_eval` evaluates text that a client sends.
//!
//! ## What it does
//!
//! Follows arguments of routes, of public methods and of the context into `safe_eval`.
//!
//! ## Why it matters
//!
//! `safe_eval` is no sandbox against an attacker: records, environments and methods among its names are reachable,
//! and with them every right of the code that calls it.
//!
//! ## Bad
//!
//! ```python
//! from odoo.tools.safe_eval import safe_eval
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def compute(self, formula):
//!         return safe_eval(formula, {'self': self})
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo.tools.safe_eval import safe_eval
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     formula = fields.Char(groups='base.group_system')
//!
//!     def compute(self):
//!         return safe_eval(self.formula, {})
//! ```
//!
//! ## How to fix
//!
//! Parse domains and values with `ast.literal_eval`; keep formulas in a field that only administrators may write.
//!
//! ## Limits
//!
//! Text from stored fields is not reported: who may write the field decides.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/95.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink, SourceKind};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-safe-eval-user", "EXE002", Group::Execution, Severity::High, 95);

pub(super) const CHECK: Check = Check::Flow(&[Sink::SafeEval], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind.is_client() && flow.source.kind != SourceKind::Wizard && flow.source.kind != SourceKind::Values || flow.source.kind == SourceKind::External).then(|| Report::here(format!("`safe_eval` evaluates {}", flow.source_words())))
}
