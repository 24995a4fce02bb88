//! A button is hidden from a group, but its method works for everybody.
//!
//! ## What it does
//!
//! Joins views and models: a button asks for a group, and the method that it calls works as superuser or runs SQL
//! without any check.
//!
//! ## Why it matters
//!
//! The client calls the method over RPC; what the view hides is no protection.
//!
//! ## Bad
//!
//! ```text
//! ==> models/a.py <==
//! from odoo import models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def action_purge(self):
//!         self.env['x.log'].sudo().search([]).unlink()
//! ==> views/v.xml <==
//! <record id="v" model="ir.ui.view">
//!     <field name="model">x.note</field>
//!     <field name="arch" type="xml"><form><button name="action_purge" type="object" groups="base.group_system"/></form></field>
//! </record>
//! ```
//!
//! ## Good
//!
//! ```text
//! ==> models/a.py <==
//! from odoo import models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def action_purge(self):
//!         if not self.env.user.has_group('base.group_system'):
//!             raise AccessError('no')
//!         self.env['x.log'].sudo().search([]).unlink()
//! ==> views/v.xml <==
//! <record id="v" model="ir.ui.view">
//!     <field name="model">x.note</field>
//!     <field name="arch" type="xml"><form><button name="action_purge" type="object" groups="base.group_system"/></form></field>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Check the group in the method too.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/602.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::flow::{Effects, Guards};
use crate::rule::{Check, FunctionView, Report};


pub(super) const META: RuleMeta =
    RuleMeta::new("orm-button-unguarded", "ACC021", Group::Access, Severity::Medium, 602).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    let Some(model) = view.function.class.and_then(|class| view.program.class(class).model) else { return };
    let name = view.function.name.as_str();
    let power = view.summary.effects.intersects(Effects::SUDO_WRITES | Effects::SQL_WRITES);
    if name.starts_with('_') || !power || view.summary.guards.intersects(Guards::GROUP | Guards::ACCESS) {
        return;
    }
    for xml in view.program.xml {
        let button = xml.elements.iter().find(|element| {
            element.tag == "button" && element.view_model == model.as_str() && element.value("name") == name && !element.groups.is_empty() && !element.groups.contains("group_user") && element.groups != "base.group_no_one"
        });
        if let Some(button) = button {
            let message = format!("the button of `{name}` asks for `{}`, the method for nothing", button.groups);
            let site = crate::source::Site { file: xml.file, range: button.range };
            out.push(Report::at(view.site(&node.name), message).related(site, "the button"));
            return;
        }
    }
}
