//! A check of access or a lock is skipped when the context says so.
//!
//! ## What it does
//!
//! Reports `if self.env.context.get(...)` that returns before, or around, an access check, a lock or a constraint.
//!
//! ## Why it matters
//!
//! The client chooses the context of every RPC call and so switches the check off.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def write(self, vals):
//!         if not self.env.context.get('skip_lock') and self.locked:
//!             raise UserError('locked')
//!         return super().write(vals)
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
//!     def write(self, vals):
//!         if self.locked and not self.env.su:
//!             raise UserError('locked')
//!         return super().write(vals)
//! ```
//!
//! ## How to fix
//!
//! Use a private argument, or `self.env.su`, which clients cannot set.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/807.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};
use ruff_python_ast::{Expr, Stmt};

use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-context-gate", "ACC008", Group::Access, Severity::High, 807).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    let Some(class) = view.function.class.map(|class| view.program.class(class)) else { return };
    if !class.kind.is_model() {
        return;
    }
    for statement in helpers::statements_in(&node.body) {
        let Stmt::If(branch) = statement else { continue };
        let Some((key, gate)) = helpers::context_key(&branch.test) else { continue };
        let lower = key.to_ascii_lowercase();
        let speaks = ["skip", "bypass", "force", "ignore", "no_check", "nocheck", "allow", "disable", "without", "unlock"].iter().any(|word| lower.contains(word));
        // Either the body raises an access or lock error, or it returns before a check that follows.
        let raises = helpers::statements_in(&branch.body).into_iter().any(|inner| {
            matches!(inner, Stmt::Raise(raise) if raise.exc.as_deref().is_some_and(|error| {
                let name = match error { Expr::Call(call) => python::last_name(&call.func), other => python::last_name(other) };
                matches!(name, Some("AccessError" | "AccessDenied" | "UserError" | "ValidationError"))
            }))
        });
        let checks = helpers::calls_in(&branch.body).into_iter().any(|call| {
            matches!(python::last_name(&call.func), Some("check_access" | "check_access_rights" | "check_access_rule" | "has_group"))
        });
        let negated = matches!(&*branch.test, Expr::UnaryOp(_)) || matches!(&*branch.test, Expr::BoolOp(_));
        let returns_early = python::terminates(&branch.body) && !raises && matches!(view.function.name.as_str(), "check_access" | "check_access_rights" | "check_access_rule" | "_check_access")
            || (python::terminates(&branch.body) && !raises && speaks && (lower.contains("access") || lower.contains("right") || lower.contains("lock") || lower.contains("permission")));
        // `if context.get('force'): return super().unlink()` in front of the check.
        let refuses = |statement: &Stmt| {
            matches!(statement, Stmt::Raise(raise) if raise.exc.as_deref().is_some_and(|error| {
                let name = match error { Expr::Call(call) => python::last_name(&call.func), other => python::last_name(other) };
                matches!(name, Some("AccessError" | "UserError" | "ValidationError" | "AccessDenied"))
            }))
        };
        let passes_by = python::terminates(&branch.body)
            && !raises
            && speaks
            && matches!(view.function.name.as_str(), "write" | "unlink" | "create" | "copy")
            && helpers::statements_in(&node.body).into_iter().any(refuses);
        let returns_early = returns_early || passes_by;
        if (negated && (checks || (raises && speaks))) || returns_early {
            let raises_access = checks || returns_early || ["lock", "access", "right", "permission", "check", "unlink", "delete"].iter().any(|word| lower.contains(word));
            let report = Report::at(view.site(gate), format!("any client that sends `{key}` in the context skips this check"));
            out.push(if raises_access { report } else { report.confidence(Confidence::Low) });
            return;
        }
    }
}
