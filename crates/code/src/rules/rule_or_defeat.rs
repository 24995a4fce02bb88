//! The open rule of one group defeats a restriction, because all users have that group.
//!
//! ## What it does
//!
//! Joins rules with the closure of implied groups: a rule restricts a group, and an open rule names a group that
//! every member of the first has too.
//!
//! ## Why it matters
//!
//! Rules of groups are joined by OR over all groups of a user, implied ones included: the restriction never
//! applies.
//!
//! ## Bad
//!
//! ```text
//! ==> models/note.py <==
//! from odoo import fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     name = fields.Char()
//!     company_id = fields.Many2one('res.company')
//! ==> security/rules.xml <==
//! <record id="group_reader" model="res.groups">
//!     <field name="name">Reader</field>
//! </record>
//! <record id="group_clerk" model="res.groups">
//!     <field name="name">Clerk</field>
//!     <field name="implied_ids" eval="[(4, ref('group_reader'))]"/>
//! </record>
//! <record id="a" model="ir.rule">
//!     <field name="name">Notes</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="groups" eval="[(4, ref('group_clerk'))]"/>
//!     <field name="domain_force">[('create_uid', '=', user.id)]</field>
//! </record>
//! <record id="b" model="ir.rule">
//!     <field name="name">Notes</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="groups" eval="[(4, ref('group_reader'))]"/>
//!     <field name="domain_force">[(1, '=', 1)]</field>
//! </record>
//! ```
//!
//! ## Good
//!
//! ```text
//! ==> models/note.py <==
//! from odoo import fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     name = fields.Char()
//!     company_id = fields.Many2one('res.company')
//! ==> security/rules.xml <==
//! <record id="group_clerk" model="res.groups">
//!     <field name="name">Clerk</field>
//! </record>
//! <record id="group_boss" model="res.groups">
//!     <field name="name">Boss</field>
//!     <field name="implied_ids" eval="[(4, ref('group_clerk'))]"/>
//! </record>
//! <record id="a" model="ir.rule">
//!     <field name="name">Notes</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="groups" eval="[(4, ref('group_clerk'))]"/>
//!     <field name="domain_force">[('create_uid', '=', user.id)]</field>
//! </record>
//! <record id="b" model="ir.rule">
//!     <field name="name">Notes</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="groups" eval="[(4, ref('group_boss'))]"/>
//!     <field name="domain_force">[(1, '=', 1)]</field>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Turn the restriction into a global rule, or take the open rule from the group that everybody has.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::program::{Operation, Program, RecordRule};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("rule-or-defeat", "DAT015", Group::Data, Severity::High, 863);

pub(super) const CHECK: Check = Check::RecordRule(check);

fn check(program: &Program<'_>, rule: &RecordRule) -> Option<Report> {
    if rule.is_open() || rule.groups.is_empty() || rule.active == Some(false) || rule.domain.is_none() {
        return None;
    }
    let open = program.rules.iter().find(|other| {
        other.model == rule.model
            && other.is_open()
            && other.active != Some(false)
            && !other.groups.is_empty()
            && Operation::ALL.iter().all(|operation| !rule.covers(*operation) || other.covers(*operation))
            && rule.groups.iter().all(|own| other.groups.iter().any(|wide| program.groups.implies(*own, *wide)))
    })?;
    let message = format!("this restriction on `{}` never applies: the open rule `{}` holds for the same users", rule.model, open.id);
    Some(Report::at(rule.site, message).related(open.site, "the open rule"))
}
