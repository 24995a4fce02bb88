//! A server action with code is offered to every user of a model.
//!
//! ## What it does
//!
//! Reports code actions that are bound to a model's menu, set no groups, and work as superuser.
//!
//! ## Why it matters
//!
//! Every user who can open the list runs the code, and it works past their own rights.
//!
//! ## Bad
//!
//! ```xml
//! <record id="action_close" model="ir.actions.server">
//!     <field name="name">Close</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="binding_model_id" ref="model_x_note"/>
//!     <field name="state">code</field>
//!     <field name="code">records.sudo().write({'active': False})</field>
//! </record>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <record id="action_close" model="ir.actions.server">
//!     <field name="name">Close</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="binding_model_id" ref="model_x_note"/>
//!     <field name="groups_id" eval="[(4, ref('base.group_system'))]"/>
//!     <field name="state">code</field>
//!     <field name="code">records.sudo().write({'active': False})</field>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Set `groups_id` (`group_ids` from 19.0) to the group that needs the action, and drop `sudo()` where the user's
//! rights suffice.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/862.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Check, RecordView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("xml-action-no-groups", "DAT027", Group::Data, Severity::Low, 862);

pub(super) const CHECK: Check = Check::Record(check);

fn check(view: &RecordView<'_>, out: &mut Vec<Report>) {
    let record = view.record;
    let bound = record.field("binding_model_id").is_some();
    let grouped = record.field("groups_id").is_some() || record.field("group_ids").is_some();
    let code = record.field("code").map_or("", |field| field.text.as_str());
    if record.model == "ir.actions.server" && bound && !grouped && code.contains("sudo()") {
        out.push(Report::at(view.site(record.range), format!("every user of the model can run `{}` as superuser", record.id)));
    }
}
