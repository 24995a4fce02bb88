//! A secret is put into the environment of the server.
//!
//! ## What it does
//!
//! Reports writes of secrets to `os.environ`.
//!
//! ## Why it matters
//!
//! Every program that the server starts inherits it, and crash reports show it.
//!
//! ## Bad
//!
//! ```python
//! import os
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def pull(self, password):
//!         os.environ['PGPASSWORD'] = password
//! ```
//!
//! ## Good
//!
//! ```python
//! import os
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def pull(self, password):
//!         env = dict(os.environ, PGPASSWORD=password)
//!         return env
//! ```
//!
//! ## How to fix
//!
//! Pass `env=` to the one program that needs it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/526.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{Expr, Stmt};

use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;
use crate::rules::secrets;

pub(super) const META: RuleMeta =
    RuleMeta::new("py-environ-secret", "PY017", Group::Python, Severity::Low, 526);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    for statement in helpers::statements_in(&node.body) {
        let Stmt::Assign(assign) = statement else { continue };
        for target in &assign.targets {
            let Expr::Subscript(subscript) = target else { continue };
            let name = python::string(&subscript.slice).unwrap_or_default();
            let secret = secrets::is_secret_name(name) || name.ends_with("PASSWORD");
            if python::dotted(&subscript.value).as_deref() == Some("os.environ") && secret {
                out.push(Report::at(view.site(statement), format!("`{name}` is inherited by every program that the server starts")));
            }
        }
    }
}
