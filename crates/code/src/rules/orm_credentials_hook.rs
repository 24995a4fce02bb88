//! A login check lets somebody in before the password was checked.
//!
//! ## What it does
//!
//! Reports `_check_credentials`, `_login` and `authenticate` overrides that return early without `super()`, compare
//! with a constant, or swallow `AccessDenied`.
//!
//! ## Why it matters
//!
//! A master password or a swallowed refusal opens every account, administrators included.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Users(models.Model):
//!     _inherit = 'res.users'
//!
//!     def _check_credentials(self, password, env):
//!         if password == 'letmein-2024':
//!             return
//!         return super()._check_credentials(password, env)
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Users(models.Model):
//!     _inherit = 'res.users'
//!
//!     def _check_credentials(self, password, env):
//!         try:
//!             return super()._check_credentials(password, env)
//!         except AccessDenied:
//!             if not self.env['x.sso']._verify_token(password):
//!                 raise
//! ```
//!
//! ## How to fix
//!
//! Call `super()` first and raise `AccessDenied` on any doubt.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/287.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{ExceptHandler, Expr, Stmt};

use crate::flow::{Effects, Guards};
use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-credentials-hook", "ACC006", Group::Access, Severity::Critical, 287);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    if !matches!(view.function.name.as_str(), "_check_credentials" | "check_credentials" | "_login" | "authenticate" | "_check_password") || view.function.class.is_none() {
        return;
    }
    for compare in helpers::comparisons_in(&node.body) {
        let constant = compare.comparators.iter().chain([&*compare.left]).any(|side| python::string(side).is_some_and(|text| text.len() > 3));
        let password = compare.comparators.iter().chain([&*compare.left]).any(|side| {
            python::last_name(side).is_some_and(|name| matches!(name, "password" | "passwd" | "pwd"))
                || matches!(side, Expr::Subscript(subscript) if python::string(&subscript.slice) == Some("password"))
        });
        if constant && password {
            out.push(Report::at(view.site(compare), "one constant password opens every account").mask(helpers::literal_range(view, compare)));
            return;
        }
    }
    for statement in helpers::statements_in(&node.body) {
        let Stmt::If(branch) = statement else { continue };
        let compares = helpers::comparisons_within(&branch.test).into_iter().any(|compare| {
            let is_password = |side: &Expr| {
                python::last_name(side).is_some_and(|name| matches!(name, "password" | "passwd" | "pwd"))
                    || matches!(side, Expr::Subscript(subscript) if python::string(&subscript.slice) == Some("password"))
            };
            compare.ops.first() == Some(&ruff_python_ast::CmpOp::Eq) && (is_password(&compare.left) || compare.comparators.iter().any(is_password))
        });
        let accepts = matches!(branch.body.last(), Some(Stmt::Return(_)))
            && !helpers::calls_in(&branch.body).into_iter().any(|call| python::last_name(&call.func) == Some("super"));
        if compares && accepts {
            out.push(Report::at(view.site(&*branch.test), "a second password opens every account"));
            return;
        }
    }
    for statement in helpers::statements_in(&node.body) {
        if let Stmt::Try(attempt) = statement {
            for handler in &attempt.handlers {
                let ExceptHandler::ExceptHandler(handler) = handler;
                let denied = handler.type_.as_deref().is_none_or(|kind| matches!(python::last_name(kind), Some("AccessDenied" | "Exception")));
                let raises = helpers::statements_in(&handler.body).into_iter().any(|statement| matches!(statement, Stmt::Raise(_)));
                let asks = helpers::calls_in(&handler.body).into_iter().any(|call| !helpers::is_log_call(call));
                if denied && !raises && !asks {
                    out.push(Report::at(view.site(handler), "a refused login goes on"));
                    return;
                }
            }
        }
    }
    let overrides = view.summary.effects.intersects(Effects::SUPER | Effects::RAISES) || view.summary.guards.contains(Guards::TOKEN);
    if !overrides {
        out.push(Report::at(view.site(&node.name), format!("`{}` never refuses anybody", view.function.name)));
    }
}
