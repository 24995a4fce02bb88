//! A public method gives out superuser records.
//!
//! ## What it does
//!
//! Reports public methods of models that return records with superuser rights.
//!
//! ## Why it matters
//!
//! Code that calls the method goes on with rights that it never asked for, and does not see it.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def lines(self):
//!         return self.env['x.line'].sudo().search([])
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
//!     def _lines(self):
//!         return self.env['x.line'].sudo().search([])
//! ```
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def lines(self):
//!         return self.env['x.line'].search([])
//! ```
//!
//! ## How to fix
//!
//! Return values, or records with the caller's rights: `records.with_env(self.env)`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/668.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-return-sudo", "ACC024", Group::Access, Severity::Medium, 668).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    let model = view.function.class.is_some_and(|class| view.program.class(class).kind.is_model());
    if !model || !helpers::is_client_callable(view) || !view.summary.returns_sudo_records() || !view.summary.guards.is_empty() {
        return;
    }
    // Overrides of the ORM and helpers that say so in their names.
    let name = view.function.name.as_str();
    if name.contains("sudo") || matches!(name, "create" | "write" | "copy" | "search" | "browse") {
        return;
    }
    out.push(Report::at(view.site(&node.name), format!("`{name}` gives out records with superuser rights")));
}
