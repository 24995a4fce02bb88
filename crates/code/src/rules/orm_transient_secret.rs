//! A wizard keeps a password in its table.
//!
//! ## What it does
//!
//! Reports password and key fields of wizards that are stored.
//!
//! ## Why it matters
//!
//! The row stays until the cleaner runs, in clear text, and in every backup made meanwhile.
//!
//! ## Bad
//!
//! ```python
//! from odoo import fields, models
//!
//! class Wizard(models.TransientModel):
//!     _name = 'x.wizard'
//!
//!     password = fields.Char()
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import fields, models
//!
//! class Wizard(models.TransientModel):
//!     _name = 'x.wizard'
//!
//!     password = fields.Char(store=False)
//! ```
//!
//! ## How to fix
//!
//! Use `store=False`, or empty the field in the method that uses it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/524.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::program::{ClassKind};
use crate::rule::{Check, FieldView, Report};
use crate::rules::secrets;

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-transient-secret", "ACC029", Group::Access, Severity::Low, 524).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Field(check);

fn check(view: &FieldView<'_>) -> Option<Report> {
    let field = view.field;
    let settings = view.class.inherit.iter().any(|parent| parent.as_str() == "res.config.settings");
    let stored = field.truth("store") != Some(false) && field.keyword("compute").is_none() && field.keyword("related").is_none();
    (view.class.kind == ClassKind::Transient && !settings && field.kind == "Char" && stored && secrets::is_secret_name(field.name))
        .then(|| Report::at(view.site(field.call), format!("`{}` stays in the table of the wizard", field.name)))
}
