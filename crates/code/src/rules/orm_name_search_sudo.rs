//! Names of records are looked up as superuser.
//!
//! ## What it does
//!
//! Reports `name_search`, `_name_search` and `name_get` that work with `sudo()`.
//!
//! ## Why it matters
//!
//! Selection lists show the names of records that the user may not see.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def name_search(self, name='', args=None, operator='ilike', limit=100):
//!         return self.sudo().search([('name', operator, name)], limit=limit).name_get()
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
//!     def name_search(self, name='', args=None, operator='ilike', limit=100):
//!         return self.search([('name', operator, name)], limit=limit).name_get()
//! ```
//!
//! ## How to fix
//!
//! Leave `sudo()` out.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};
use ruff_python_ast::{Expr};

use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-name-search-sudo", "ACC030", Group::Access, Severity::Low, 200).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    if !matches!(view.function.name.as_str(), "name_search" | "_name_search") {
        return;
    }
    let sudo = helpers::calls_in(&node.body).into_iter().find(|call| {
        let Expr::Attribute(attribute) = &*call.func else { return false };
        matches!(attribute.attr.as_str(), "search" | "_search" | "name_search" | "search_read")
            && matches!(&*attribute.value, Expr::Call(inner) if python::last_name(&inner.func) == Some("sudo"))
    });
    if let Some(call) = sudo {
        out.push(Report::at(view.site(call), "finds the names of records that the user may not see"));
    }
}
