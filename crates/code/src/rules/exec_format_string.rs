//! A client's text is the format string and objects are its arguments.
//!
//! ## What it does
//!
//! Reports `text.format(record)` where a client chooses the text.
//!
//! ## Why it matters
//!
//! `{0.env.cr.dbname}` and longer paths walk from the object to secrets, and `{0:>999999999}` exhausts the memory.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def greet(self, text):
//!         return text.format(self)
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
//!     def greet(self, text):
//!         return 'Hello {}'.format(text)
//! ```
//!
//! ## How to fix
//!
//! Keep the format constant; use `string.Template` over plain strings for users' text.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/134.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-format-string", "EXE016", Group::Execution, Severity::High, 134);

pub(super) const CHECK: Check = Check::Flow(&[Sink::FormatString], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    Some(Report::here(format!("the format string is {}", flow.source_words())))
}
