//! A sensitive field is hidden in views only.
//!
//! ## What it does
//!
//! Joins views and models: a view hides a field named like a secret, a salary, a cost or a margin from some groups,
//! and the field itself names no groups.
//!
//! ## Why it matters
//!
//! The field comes with every read of the record over RPC and with every export.
//!
//! ## Bad
//!
//! ```text
//! ==> models/a.py <==
//! from odoo import fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!     salary = fields.Float()
//! ==> views/v.xml <==
//! <record id="v" model="ir.ui.view">
//!     <field name="model">x.note</field>
//!     <field name="arch" type="xml"><form><field name="salary" groups="base.group_system"/></form></field>
//! </record>
//! ```
//!
//! ## Good
//!
//! ```text
//! ==> models/a.py <==
//! from odoo import fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!     salary = fields.Float(groups='base.group_system')
//! ==> views/v.xml <==
//! <record id="v" model="ir.ui.view">
//!     <field name="model">x.note</field>
//!     <field name="arch" type="xml"><form><field name="salary" groups="base.group_system"/></form></field>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Set `groups=` on the field.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/602.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};
use ustr::Ustr;

use crate::rule::{Check, ElementView, Report};
use crate::rules::secrets;

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-view-groups-only", "ACC031", Group::Access, Severity::Medium, 602).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Element(check);

fn check(view: &ElementView<'_>) -> Option<Report> {
    let element = view.element;
    let own = element.attribute("groups")?;
    if element.tag != "field" || element.view_model.is_empty() || own.value.contains("group_no_one") || own.value.contains("group_multi") {
        return None;
    }
    let name = element.value("name");
    let field = view.program.field(Ustr::from(&element.view_model), name)?;
    let sensitive = secrets::is_secret_name(name)
        || name.split('_').any(|part| matches!(part, "salary" | "wage" | "cost" | "margin" | "ssn" | "iban" | "secret"));
    (sensitive && view.program.field_keyword(Ustr::from(&element.view_model), name, "groups").is_none() && field.keyword("related").is_none())
        .then(|| Report::at(view.site(element.range), format!("`{name}` is hidden here, but every reader of the record can ask for it")))
}
