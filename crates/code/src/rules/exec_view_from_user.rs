//! A view or template is written as superuser from a client's text.
//!
//! ## What it does
//!
//! Reports `sudo()` create and write on views, mail templates and reports whose source is a client's value.
//!
//! ## Why it matters
//!
//! Views and templates are code that runs for everybody who opens them; writing them is reserved for editors and
//! administrators.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def publish(self, arch):
//!         self.env['ir.ui.view'].sudo().create({'name': 'x', 'type': 'qweb', 'arch': arch})
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
//!     def publish(self, title):
//!         self.env['ir.ui.view'].sudo().create({'name': title, 'type': 'qweb', 'arch': '<p/>'})
//! ```
//!
//! ## How to fix
//!
//! Write without `sudo()`, so that only editors can, or keep the source constant.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1336.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-view-from-user", "EXE011", Group::Execution, Severity::Critical, 1336);

pub(super) const CHECK: Check = Check::Flow(&[Sink::ViewSource], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind.is_client()).then(|| Report::here(format!("a view's source is {}", flow.source_words())))
}
