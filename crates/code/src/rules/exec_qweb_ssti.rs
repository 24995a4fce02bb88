//! A QWeb template is rendered from a value.
//!
//! ## What it does
//!
//! Follows client values into `ir.qweb` and `ir.ui.view` rendering.
//!
//! ## Why it matters
//!
//! QWeb evaluates Python expressions; a template that a client names or writes reads what the rendering code may,
//! and a chosen name renders pages that were never meant for the client.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def preview(self, arch):
//!         return self.env['ir.qweb']._render(arch, {'o': self})
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
//!     def preview(self):
//!         return self.env['ir.qweb']._render('x_note.preview', {'o': self})
//! ```
//!
//! ## How to fix
//!
//! Name the template by a constant XML id and pass values.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1336.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Kind, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-qweb-ssti", "EXE010", Group::Execution, Severity::Critical, 1336);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Qweb], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind.is_client() && flow.sink.kind != Kind::Number).then(|| Report::here(format!("QWeb renders {}", flow.source_words())))
}
