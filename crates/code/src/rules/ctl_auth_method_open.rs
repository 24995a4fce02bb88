//! An authentication method lets requests through without proof.
//!
//! ## What it does
//!
//! Reports `_auth_method_*` that never raises, or that sets a user inside an `except`.
//!
//! ## Why it matters
//!
//! Every route that names the method is open: whoever calls gets the user that the method sets.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _inherit = 'ir.http'
//!
//!     @classmethod
//!     def _auth_method_key(cls):
//!         request.update_env(user=2)
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _inherit = 'ir.http'
//!
//!     @classmethod
//!     def _auth_method_key(cls):
//!         key = request.httprequest.headers.get('X-Key')
//!         user = request.env['res.users.apikeys']._check_credentials(scope='rpc', key=key)
//!         if not user:
//!             raise AccessDenied()
//!         request.update_env(user=user)
//! ```
//!
//! ## How to fix
//!
//! Raise `AccessDenied` unless the key was verified, and never continue after an exception.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/287.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{ExceptHandler, Stmt};

use crate::flow::{Effects, Guards};
use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-auth-method-open", "WEB016", Group::Web, Severity::Critical, 287);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    let name = view.function.name.as_str();
    if !name.starts_with("_auth_method_") {
        return;
    }
    let raises = view.summary.effects.contains(Effects::RAISES);
    let parent = view.summary.effects.contains(Effects::SUPER);
    if !raises && !parent && !view.summary.guards.contains(Guards::TOKEN) {
        out.push(Report::at(view.site(&node.name), format!("`{name}` never refuses anybody")));
        return;
    }
    for statement in helpers::statements_in(&node.body) {
        let Stmt::Try(attempt) = statement else { continue };
        for handler in &attempt.handlers {
            let ExceptHandler::ExceptHandler(handler) = handler;
            let sets_user = helpers::calls_in(&handler.body).into_iter().any(|call| python::last_name(&call.func) == Some("update_env"));
            if sets_user {
                out.push(Report::at(view.site(handler), format!("`{name}` sets a user after a failed check")));
                return;
            }
        }
    }
}
