//! Access is decided by a user id or login in the code.
//!
//! ## What it does
//!
//! Reports comparisons of the current user with a number or a login name.
//!
//! ## Why it matters
//!
//! Ids and logins differ between databases, and whoever gets the login gets the right.
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
//!         if self.env.uid != 2:
//!             raise AccessError('no')
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
//! ```
//!
//! ## How to fix
//!
//! Ask for a group.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{Expr};

use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-uid-check-weak", "ACC018", Group::Access, Severity::Medium, 863);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    for test in helpers::tests_in(&node.body) {
        for compare in helpers::comparisons_within(test) {
            let Some(right) = compare.comparators.first() else { continue };
            let left = python::dotted(&compare.left).unwrap_or_default();
            let user = left.ends_with("env.uid") || left.ends_with("_uid") || left.ends_with("user.id") || left == "uid";
            let login = left.ends_with("user.login");
            let constant = |value: &Expr| python::integer(value).is_some_and(|number| number > 1) || python::elements(value).is_some_and(|parts| !parts.is_empty() && parts.iter().all(|part| python::integer(part).is_some()));
            if (user && constant(right)) || (login && (python::string(right).is_some() || !python::strings(right).is_empty())) {
                out.push(Report::at(view.site(compare), "access depends on one user's id or login"));
                return;
            }
        }
    }
}
