//! A client chooses the name of a method that is called.
//!
//! ## What it does
//!
//! Reports `getattr(obj, name)()` where a client chooses the whole name.
//!
//! ## Why it matters
//!
//! Every method of the object is reachable, private ones included, which the RPC layer would have refused.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def run(self, name):
//!         return getattr(self, name)()
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
//!     def run(self, name):
//!         return getattr(self, '_handle_%s' % name)()
//! ```
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def run(self, name):
//!         if name not in ('open', 'close'):
//!             raise ValueError(name)
//!         return getattr(self, name)()
//! ```
//!
//! ## How to fix
//!
//! Choose from a literal list, or give the methods a constant prefix.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/470.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink, SourceKind};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-dyn-method", "EXE013", Group::Execution, Severity::High, 470);

pub(super) const CHECK: Check = Check::Flow(&[Sink::MethodName], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind.is_client() && flow.source.kind != SourceKind::Values).then(|| Report::here(format!("the called method is {}", flow.source_words())))
}
