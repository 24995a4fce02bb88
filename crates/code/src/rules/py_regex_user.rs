//! A client chooses a regular expression.
//!
//! ## What it does
//!
//! Follows client values into the pattern of `re` functions.
//!
//! ## Why it matters
//!
//! One pattern of twenty characters keeps a worker busy for hours.
//!
//! ## Bad
//!
//! ```python
//! import re
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def find(self, pattern):
//!         return re.search(pattern, 'text')
//! ```
//!
//! ## Good
//!
//! ```python
//! import re
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def find(self, text):
//!         return re.search(re.escape(text), 'text')
//! ```
//!
//! ## How to fix
//!
//! Use `re.escape`, or a plain search.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1333.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink, SourceKind};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("py-regex-user", "PY016", Group::Python, Severity::Medium, 1333);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Pattern], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind.is_client() && flow.source.kind != SourceKind::Values).then(|| Report::here(format!("the pattern is {}", flow.source_words())))
}
