//! An error in a check of access lets the caller through.
//!
//! ## What it does
//!
//! Reports broad `except` around checks of rights, tokens and signatures whose handler neither raises nor returns a
//! refusal.
//!
//! ## Why it matters
//!
//! The caller makes the check fail (a malformed token is enough) and goes on.
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
//!             self.check_access('write')
//!         except Exception:
//!             pass
//!         self.sudo().write({'state': 'done'})
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
//!     def close(self):
//!         try:
//!             self.check_access('write')
//!         except Exception:
//!             return False
//!         self.sudo().write({'state': 'done'})
//! ```
//!
//! ## How to fix
//!
//! Refuse on any error: raise, or return the refusal.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/755.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{ExceptHandler, Expr, Stmt};

use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-fail-open", "ACC019", Group::Access, Severity::Medium, 755);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    for statement in helpers::statements_in(&node.body) {
        let Stmt::Try(attempt) = statement else { continue };
        let checked = helpers::calls_in(&attempt.body).into_iter().find(|call| {
            matches!(
                python::last_name(&call.func),
                Some("check_access" | "check_access_rights" | "check_access_rule" | "_document_check_access" | "verify_signature" | "_verify_signature" | "_verify_notification_signature" | "verify")
            )
        });
        let Some(checked) = checked else { continue };
        // The check has to be the point of the block.
        if attempt.body.len() > 2 {
            continue;
        }
        for handler in &attempt.handlers {
            let ExceptHandler::ExceptHandler(handler) = handler;
            let passes = handler.body.iter().all(|statement| match statement {
                Stmt::Pass(_) => true,
                Stmt::Expr(expression) => matches!(&*expression.value, Expr::Call(call) if matches!(python::last_name(&call.func), Some("warning" | "info" | "debug" | "error" | "exception"))),
                _ => false,
            });
            if passes {
                out.push(Report::at(view.site(checked), "when this check fails the code goes on"));
                return;
            }
        }
    }
}
