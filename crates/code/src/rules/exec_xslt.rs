//! A style sheet comes from outside.
//!
//! ## What it does
//!
//! Reports `etree.XSLT` on a style sheet that a client sends.
//!
//! ## Why it matters
//!
//! XSLT reads files and addresses (`document()`), and writes files where extensions allow it.
//!
//! ## Bad
//!
//! ```python
//! from lxml import etree
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def convert(self, sheet):
//!         return etree.XSLT(etree.fromstring(sheet))
//! ```
//!
//! ## Good
//!
//! ```python
//! from lxml import etree
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def convert(self):
//!         return etree.XSLT(etree.parse('sheet.xsl'))
//! ```
//!
//! ## How to fix
//!
//! Ship the style sheet, or forbid access with `XSLTAccessControl.DENY_ALL`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/91.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-xslt", "EXE018", Group::Execution, Severity::Medium, 91).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Xslt], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind.is_client()).then(|| Report::here(format!("the style sheet is {}", flow.source_words())))
}
