//! A value is spliced into an XPath expression.
//!
//! ## What it does
//!
//! Reports `xpath()` and `etree.XPath` with text built from a client's value.
//!
//! ## Why it matters
//!
//! The value changes which nodes are selected, and functions of XPath read more of the document.
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
//!     def pick(self, name):
//!         tree = etree.fromstring('<a/>')
//!         return tree.xpath("//field[@name='%s']" % name)
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
//!     def pick(self, name):
//!         tree = etree.fromstring('<a/>')
//!         return tree.xpath('//field[@name=$name]', name=name)
//! ```
//!
//! ## How to fix
//!
//! Use XPath variables: `tree.xpath('//a[@name=$name]', name=name)`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/643.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-xpath", "EXE017", Group::Execution, Severity::Medium, 643).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Xpath], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind.is_client()).then(|| Report::here(format!("XPath text holds {}", flow.source_words())))
}
