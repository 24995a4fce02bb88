//! A template is made from a value.
//!
//! ## What it does
//!
//! Reports Jinja and Mako templates whose source text is not constant.
//!
//! ## Why it matters
//!
//! Template syntax reaches every object: whoever writes the template runs code on the server.
//!
//! ## Bad
//!
//! ```python
//! from jinja2 import Template
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def preview(self, body):
//!         return Template(body).render(record=self)
//! ```
//!
//! ## Good
//!
//! ```python
//! from jinja2 import Template
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def preview(self, body):
//!         return Template('<p>{{ body }}</p>').render(body=body)
//! ```
//!
//! ## How to fix
//!
//! Keep the template constant and pass values; for administrators' templates use `SandboxedEnvironment` and a field
//! that only they may write.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1336.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-jinja-ssti", "EXE008", Group::Execution, Severity::Critical, 1336);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Template], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    Some(Report::here(format!("the template's source is {}", flow.source_words())))
}
