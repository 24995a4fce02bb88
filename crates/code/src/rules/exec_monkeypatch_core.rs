//! A security function of Odoo is replaced at import.
//!
//! ## What it does
//!
//! Reports assignments onto `check_access`, `_check_credentials`, `html_sanitize`, `safe_eval` and relatives of a
//! class or module of Odoo.
//!
//! ## Why it matters
//!
//! The replacement holds for every database of the server, installed or not, and no upgrade of Odoo reaches the
//! function any more.
//!
//! ## Bad
//!
//! ```python
//! from odoo.addons.base.models import res_users
//!
//! def allow(self, *args, **kwargs):
//!     return True
//!
//! res_users.Users._check_credentials = allow
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import models
//!
//! class Users(models.Model):
//!     _inherit = 'res.users'
//!     _order = 'login'
//! ```
//!
//! ## How to fix
//!
//! Inherit the model and call `super()`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/693.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{Expr, Stmt};

use crate::program::{Program, Role};
use crate::rule::{Check, Report};
use crate::source::{ModuleId};

pub(super) const META: RuleMeta =
    RuleMeta::new("exec-monkeypatch-core", "EXE023", Group::Execution, Severity::Medium, 693);

pub(super) const CHECK: Check = Check::Module(check);

const GUARDED: [&str; 16] = [
    "check_access", "check_access_rights", "check_access_rule", "_check_credentials", "_check_access", "html_sanitize", "safe_eval", "test_python_expr",
    "has_group", "_login", "authenticate", "validate_csrf", "check_method_name", "get_public_method", "check_super", "consteq",
];

fn check(program: &Program<'_>, id: ModuleId, out: &mut Vec<Report>) {
    for function in &program.functions {
        let unit = program.unit(function.unit);
        if function.node.is_some() || program.file(unit.file).module != Some(id) || unit.role != Role::Server {
            continue;
        }
        for statement in function.body {
            let Stmt::Assign(assign) = statement else { continue };
            for target in &assign.targets {
                if let Expr::Attribute(attribute) = target
                    && GUARDED.contains(&attribute.attr.as_str())
                {
                    let message = format!("replaces `{}` for the whole server", attribute.attr);
                    out.push(Report::at(program.site(function.unit, target), message));
                }
            }
        }
    }
}
