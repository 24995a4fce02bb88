//! Code of a server action or job is written as superuser from a client's text.
//!
//! ## What it does
//!
//! Reports `sudo()` create and write on server actions, jobs and automations whose code is a client's value.
//!
//! ## Why it matters
//!
//! The code runs on the server with all rights.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def schedule(self, code):
//!         self.env['ir.actions.server'].sudo().create({'name': 'x', 'state': 'code', 'code': code})
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
//!     def schedule(self, name):
//!         self.env['ir.actions.server'].sudo().create({'name': name, 'state': 'code', 'code': 'record.run()'})
//! ```
//!
//! ## How to fix
//!
//! Keep the code constant; call a method of the model.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/94.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-server-action-from-user", "EXE012", Group::Execution, Severity::Critical, 94);

pub(super) const CHECK: Check = Check::Flow(&[Sink::ActionCode], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind.is_client()).then(|| Report::here(format!("code of a server action is {}", flow.source_words())))
}
