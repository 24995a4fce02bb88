//! An `assert` decides about access.
//!
//! ## What it does
//!
//! Reports asserts over groups, users and rights.
//!
//! ## Why it matters
//!
//! Python drops asserts when it runs with `-O`, and the check is gone.
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
//!         assert self.env.user.has_group('base.group_system')
//!         self.write({'state': 'done'})
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
//!         if not self.env.user.has_group('base.group_system'):
//!             raise AccessError('no')
//!         self.write({'state': 'done'})
//! ```
//!
//! ## How to fix
//!
//! Raise `AccessError`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/617.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{Stmt};

use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-assert-auth", "ACC017", Group::Access, Severity::Medium, 617);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    for statement in helpers::statements_in(&node.body) {
        let Stmt::Assert(assert) = statement else { continue };
        let decides = helpers::calls_within(&assert.test).into_iter().any(|call| {
            matches!(python::last_name(&call.func), Some("has_group" | "user_has_groups" | "_is_admin" | "_is_system" | "check_access_rights" | "has_access" | "consteq" | "compare_digest"))
        });
        if decides {
            out.push(Report::at(view.site(statement), "this check of access disappears under `python -O`"));
        }
    }
}
