//! A mail template is rendered from text that a client sends.
//!
//! ## What it does
//!
//! Follows client values into `_render_template` and its relatives.
//!
//! ## Why it matters
//!
//! The template language of mails evaluates expressions over records: the text reads and calls what the rendering
//! code may.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def preview(self, body):
//!         return self.env['mail.render.mixin']._render_template(body, 'x.note', self.ids)
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
//!         return self.env['mail.render.mixin']._render_template('<p>Hello</p>', 'x.note', self.ids)
//! ```
//!
//! ## How to fix
//!
//! Render a stored template that only template editors may write, and pass the text as a value.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1336.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Kind, Sink, SourceKind};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-mail-ssti", "EXE009", Group::Execution, Severity::Critical, 1336);

pub(super) const CHECK: Check = Check::Flow(&[Sink::MailTemplate], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind.is_client() && flow.source.kind != SourceKind::Values && flow.sink.kind != Kind::Number).then(|| Report::here(format!("a mail template is rendered from {}", flow.source_words())))
}
