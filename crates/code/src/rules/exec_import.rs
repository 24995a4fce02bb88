//! The name of a module to import comes from outside.
//!
//! ## What it does
//!
//! Reports `import_module` and `__import__` with a name that is not constant.
//!
//! ## Why it matters
//!
//! Importing runs the module: any file on the path with side effects, or a name that an upload has put there.
//!
//! ## Bad
//!
//! ```python
//! import importlib
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def plugin(self, name):
//!         return importlib.import_module(name)
//! ```
//!
//! ## Good
//!
//! ```python
//! import importlib
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def plugin(self, name):
//!         return importlib.import_module({'a': 'x.a', 'b': 'x.b'}[name])
//! ```
//!
//! ## How to fix
//!
//! Look the module up in a literal dictionary.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/470.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-import", "EXE007", Group::Execution, Severity::High, 470);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Import], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind.is_client()).then(|| Report::here(format!("the name of an imported module is {}", flow.source_words())))
}
