//! A value is evaluated as Python code.
//!
//! ## What it does
//!
//! Reports `eval`, `exec` and `compile` on text that is not constant.
//!
//! ## Why it matters
//!
//! Whoever chooses the text runs Python as the server's account: files, network, every database of the machine.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def compute(self, formula):
//!         return eval(formula)
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def compute(self, formula):
//!         return ast.literal_eval(formula)
//! ```
//!
//! ```python
//! from odoo.tools.safe_eval import safe_eval as eval
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def compute(self, number):
//!         return eval('1 + 1')
//! ```
//!
//! ## How to fix
//!
//! Use `ast.literal_eval` or JSON for data, a dictionary of functions for choices, and `safe_eval` on
//! administrators' text for formulas.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/95.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-eval", "EXE001", Group::Execution, Severity::Critical, 95);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Eval], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    Some(Report::here(format!("Python evaluates {}", flow.source_words())))
}
