//! A translated text is the format string for a record.
//!
//! ## What it does
//!
//! Reports `_('...').format(record)` with records as arguments.
//!
//! ## Why it matters
//!
//! A translator's text walks from the record to its environment: `{0.env.cr.dbname}`.
//!
//! ## Bad
//!
//! ```python
//! from odoo import _, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def greet(self):
//!         return _('Hello {}').format(self)
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import _, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def greet(self):
//!         return _('Hello %(name)s', name=self.id)
//! ```
//!
//! ## How to fix
//!
//! Pass the values to `_()`: `_('Hello %(name)s', name=record.name)`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/134.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{Expr};

use crate::flow::{CallView, Kind};
use crate::python;
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-translation-format", "EXE024", Group::Execution, Severity::Low, 134);

pub(super) const CHECK: Check = Check::Call(&["format"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let Expr::Attribute(attribute) = &*call.call.func else { return None };
    let Expr::Call(inner) = &*attribute.value else { return None };
    let translated = matches!(python::last_name(&inner.func), Some("_" | "_lt"));
    let record = call.arguments.iter().chain(call.keywords.iter().map(|(_, value)| value)).any(|value| matches!(value.kind, Kind::Records(_)));
    (translated && record).then(|| Report::here("a translation walks the attributes of a record"))
}
