//! A client chooses the field that is read as superuser.
//!
//! ## What it does
//!
//! Reports `record[name]` and `getattr(record, name)` on superuser records with a name that a client sends.
//!
//! ## Why it matters
//!
//! As superuser the groups of fields do not hold: password hashes, tokens and prices are read by name.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def peek(self, name):
//!         return self.sudo()[name]
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
//!     def peek(self, name):
//!         return self[name]
//! ```
//!
//! ## How to fix
//!
//! Choose from a literal list, or read without `sudo()` so that field groups hold.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink, SourceKind, Traits};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-getattr-field", "EXE015", Group::Execution, Severity::Medium, 200);

pub(super) const CHECK: Check = Check::Flow(&[Sink::FieldName], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind.is_client() && flow.source.kind != SourceKind::Values && flow.sink.traits.contains(Traits::SUDO)).then(|| Report::here(format!("the field is {}", flow.source_words())))
}
