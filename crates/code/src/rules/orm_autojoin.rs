//! Searching through a relation skips the record rules of the other model.
//!
//! ## What it does
//!
//! Reports `auto_join=True` and `bypass_search_access=True` toward a model that has record rules in the scan or in
//! Odoo.
//!
//! ## Why it matters
//!
//! A domain over the relation tells whether records exist that the user may not see, and guesses their values
//! letter by letter.
//!
//! ## Bad
//!
//! ```text
//! ==> models/a.py <==
//! from odoo import fields, models
//!
//! class Doc(models.Model):
//!     _name = 'x.doc'
//!     secret = fields.Char(groups='base.group_system')
//!
//! class Line(models.Model):
//!     _name = 'x.line'
//!     doc_id = fields.Many2one('x.doc', auto_join=True)
//! ==> security/rules.xml <==
//! <record id="r" model="ir.rule">
//!     <field name="model_id" ref="model_x_doc"/>
//!     <field name="domain_force">[('create_uid', '=', user.id)]</field>
//! </record>
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
//!     doc_id = fields.Many2one('x.doc')
//! ```
//!
//! ## How to fix
//!
//! Leave the default.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::rule::{Check, FieldView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-autojoin", "ACC015", Group::Access, Severity::Medium, 863).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Field(check);

fn check(view: &FieldView<'_>) -> Option<Report> {
    let joined = view.field.truth("auto_join") == Some(true) || view.field.truth("bypass_search_access") == Some(true);
    let comodel = view.field.comodel?;
    let ruled = view.program.rules.iter().any(|rule| rule.model == comodel && !rule.is_open());
    (joined && ruled).then(|| Report::at(view.site(view.field.call), format!("searching through `{}` skips the record rules of `{comodel}`", view.field.name)))
}
