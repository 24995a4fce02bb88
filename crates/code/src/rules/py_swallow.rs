//! Every error is swallowed.
//!
//! ## What it does
//!
//! Reports bare `except` and `except Exception` whose body only passes.
//!
//! ## Why it matters
//!
//! What failed is never seen, and the code goes on with half of its work done.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def close(self):
//!         try:
//!             self._notify()
//!         except Exception:
//!             pass
//! ```
//!
//! ## Good
//!
//! ```python
//! import logging
//! _logger = logging.getLogger(__name__)
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def close(self):
//!         try:
//!             self._notify()
//!         except Exception:
//!             _logger.exception('notify failed')
//! ```
//!
//! ## How to fix
//!
//! Log it, or catch the one error that is expected.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/703.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};
use ruff_python_ast::{ExceptHandler, Stmt};

use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("py-swallow", "PY020", Group::Python, Severity::Info, 703).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    for statement in helpers::statements_in(&node.body) {
        let Stmt::Try(attempt) = statement else { continue };
        for handler in &attempt.handlers {
            let ExceptHandler::ExceptHandler(handler) = handler;
            let broad = handler.type_.as_deref().is_none_or(|kind| matches!(python::last_name(kind), Some("Exception" | "BaseException")));
            if broad && handler.body.iter().all(|statement| matches!(statement, Stmt::Pass(_))) {
                out.push(Report::at(handler.body.first().map_or_else(|| view.site(node), |pass| view.site(pass)), "every error is swallowed"));
            }
        }
    }
}
