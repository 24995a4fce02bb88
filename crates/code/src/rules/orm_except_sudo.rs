//! After an access error the code tries again as superuser.
//!
//! ## What it does
//!
//! Reports `except AccessError` handlers that repeat the work with `sudo()`.
//!
//! ## Why it matters
//!
//! The refusal of the access rights is the only thing between the user and the record, and the handler removes it.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def show(self):
//!         try:
//!             return self.read(['name'])
//!         except AccessError:
//!             return self.sudo().read(['name'])
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
//!     def show(self):
//!         try:
//!             return self.read(['name'])
//!         except AccessError:
//!             return []
//! ```
//!
//! ## How to fix
//!
//! Show a neutral text, or ask for the right that is missing.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/636.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{ExceptHandler, Stmt};

use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-except-sudo", "ACC004", Group::Access, Severity::High, 636);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    if matches!(view.function.name.as_str(), "name_get" | "_compute_display_name") {
        return;
    }
    for statement in helpers::statements_in(&node.body) {
        let Stmt::Try(attempt) = statement else { continue };
        for handler in &attempt.handlers {
            let ExceptHandler::ExceptHandler(handler) = handler;
            let access = handler.type_.as_deref().is_some_and(|kind| {
                python::last_name(kind) == Some("AccessError")
                    || python::elements(kind).is_some_and(|kinds| kinds.iter().any(|kind| python::last_name(kind) == Some("AccessError")))
            });
            let sudo = helpers::calls_in(&handler.body).into_iter().find(|call| python::last_name(&call.func) == Some("sudo"));
            if let (true, Some(call)) = (access, sudo) {
                out.push(Report::at(view.site(call), "tries again as superuser what the user may not do"));
                return;
            }
        }
    }
}
