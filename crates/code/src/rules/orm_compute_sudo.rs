//! A computed field shows what the reader may not see.
//!
//! ## What it does
//!
//! Reports unstored computed fields with `compute_sudo=True` and no `groups` whose method searches other records.
//!
//! ## Why it matters
//!
//! The field counts or sums records of other companies and customers for everybody who opens the form.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     total = fields.Float(compute='_compute_total', compute_sudo=True)
//!
//!     def _compute_total(self):
//!         for note in self:
//!             note.total = sum(self.env['x.cost'].search([]).mapped('amount'))
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
//!     total = fields.Float(compute='_compute_total')
//!
//!     def _compute_total(self):
//!         for note in self:
//!             note.total = sum(self.env['x.cost'].search([]).mapped('amount'))
//! ```
//!
//! ## How to fix
//!
//! Leave `compute_sudo` out, or set `groups=`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};
use ustr::Ustr;

use crate::python;
use crate::rule::{Check, FieldView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-compute-sudo", "ACC025", Group::Access, Severity::Medium, 200).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Field(check);

fn check(view: &FieldView<'_>) -> Option<Report> {
    let field = view.field;
    if view.merged_truth("compute_sudo") != Some(true) || view.merged_truth("store") == Some(true) || view.merged("groups").is_some() {
        return None;
    }
    let compute = field.text("compute")?;
    let model = view.class.model?;
    let searches = view.program.methods(model, Ustr::from(compute)).iter().any(|id| {
        let function = view.program.function(*id);
        helpers::calls_in(function.body).into_iter().any(|call| {
            matches!(python::last_name(&call.func), Some("search" | "read_group" | "_read_group" | "search_count" | "search_read"))
        })
    });
    searches.then(|| Report::at(view.site(field.call), format!("`{}` is computed from records that the reader may not see", field.name)))
}
