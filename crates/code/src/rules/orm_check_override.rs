//! An access check is overridden so that it always passes.
//!
//! ## What it does
//!
//! Reports overrides of `check_access`, `check_access_rights`, `check_access_rule`, `_check_access`, `has_group`
//! and relatives that never call `super()`, on stored models.
//!
//! ## Why it matters
//!
//! The check is what every read and write of the model relies on, over RPC too.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def check_access_rights(self, operation, raise_exception=True):
//!         return True
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
//!     def check_access_rights(self, operation, raise_exception=True):
//!         if operation == 'unlink':
//!             raise AccessError('no')
//!         return super().check_access_rights(operation, raise_exception)
//! ```
//!
//! ## How to fix
//!
//! Call `super()` and only narrow what it allows.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{Expr};

use crate::flow::{Effects};
use crate::program::{ClassKind};
use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-check-override", "ACC003", Group::Access, Severity::Critical, 863);

pub(super) const CHECK: Check = Check::Function(check);

const CHECKS: [&str; 10] = [
    "check_access", "check_access_rights", "check_access_rule", "_check_access", "_filter_access_rules", "_filter_access_rules_python",
    "has_group", "user_has_groups", "_filtered_access", "has_access",
];

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    let Some(class) = view.function.class.map(|class| view.program.class(class)) else { return };
    let stored = class.kind == ClassKind::Model && class.flag("_auto") != Some(false);
    if !CHECKS.contains(&view.function.name.as_str()) || !stored {
        return;
    }
    let calls = helpers::calls_in(&node.body);
    let delegates = calls.iter().any(|call| {
        matches!(python::last_name(&call.func), Some("super"))
            || matches!(&*call.func, Expr::Attribute(attribute) if CHECKS.contains(&attribute.attr.as_str()))
    });
    // Bypassing for some callers by an early `return True` behind a context key is told by another rule.
    if !delegates && !view.summary.effects.contains(Effects::RAISES) {
        out.push(Report::at(view.site(&node.name), format!("`{}` lets everybody pass", view.function.name)));
    }
}
