//! An override hands the caller's values to `super()` as superuser.
//!
//! ## What it does
//!
//! Reports `create`, `write` and `unlink` overrides that call `super()` on `self.sudo()` with the values that came
//! in.
//!
//! ## Why it matters
//!
//! Access rights of the model no longer hold for anybody: every user writes every field of every record.
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
//!         return super(Note, self.sudo()).write(vals)
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
//!         result = super().write(vals)
//!         self.sudo().write({'counter': 1})
//!         return result
//! ```
//!
//! ## How to fix
//!
//! Call `super()` with the user's own rights first, and use `sudo()` for the one field that needs it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/269.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{Expr, Stmt};

use crate::flow::{Guards};
use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-write-sudo-super", "ACC002", Group::Access, Severity::Critical, 269);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    let name = view.function.name.as_str();
    if !matches!(name, "create" | "write" | "unlink" | "copy") || view.function.class.is_none() || view.summary.guards.intersects(Guards::GROUP | Guards::ACCESS) {
        return;
    }
    let rebinds = helpers::statements_in(&node.body).into_iter().any(|statement| {
        matches!(statement, Stmt::Assign(assign)
            if matches!(assign.targets.first(), Some(Expr::Name(target)) if target.id.as_str() == "self") && helpers::is_sudo_of_self(&assign.value))
    });
    for call in helpers::calls_in(&node.body) {
        let Expr::Attribute(attribute) = &*call.func else { continue };
        if attribute.attr.as_str() != name {
            continue;
        }
        let through_super = match &*attribute.value {
            Expr::Call(inner) if python::last_name(&inner.func) == Some("super") => {
                inner.arguments.args.get(1).is_some_and(helpers::is_sudo_of_self) || (rebinds && inner.arguments.args.len() == 2)
            }
            Expr::Call(inner) if python::last_name(&inner.func) == Some("sudo") => {
                matches!(&*inner.func, Expr::Attribute(sudo) if matches!(&*sudo.value, Expr::Call(call) if python::last_name(&call.func) == Some("super")))
            }
            _ => false,
        };
        if through_super {
            out.push(Report::at(view.site(call), format!("`{name}` runs as superuser for everybody")));
            return;
        }
    }
}
