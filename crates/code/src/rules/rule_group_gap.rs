//! Record rules bind some groups, but another group has access without any rule.
//!
//! ## What it does
//!
//! Joins rules and access rows: all restricting rules of a model name groups, and an access row lets another group
//! in that none of them binds.
//!
//! ## Why it matters
//!
//! Rules of a group bind its members only. Members of the other group reach every record.
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
//! ==> security/ir.model.access.csv <==
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_a,note,model_x_note,base.group_user,1,0,0,0
//! access_b,note,model_x_note,base.group_portal,1,0,0,0
//! ==> security/rules.xml <==
//! <record id="note_rule" model="ir.rule">
//!     <field name="name">Notes</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="groups" eval="[(4, ref('base.group_user'))]"/>
//!     <field name="domain_force">[('company_id', 'in', company_ids)]</field>
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
//! ==> security/ir.model.access.csv <==
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_a,note,model_x_note,base.group_user,1,0,0,0
//! access_b,note,model_x_note,base.group_portal,1,0,0,0
//! ==> security/rules.xml <==
//! <record id="note_rule" model="ir.rule">
//!     <field name="name">Notes</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="domain_force">[('company_id', 'in', company_ids)]</field>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Make the rule global (no groups), or add a rule for each group that has access.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::program::{AccessRow, Operation, Program, group_tier};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("rule-group-gap", "DAT014", Group::Data, Severity::High, 863).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Access(check);

fn check(program: &Program<'_>, row: &AccessRow) -> Option<Report> {
    if row.inactive || row.has_domain || !row.allows(Operation::Read) || program.is_transient(row.model) {
        return None;
    }
    let group = row.group?;
    if group_tier(group.as_str()).is_some_and(|tier| tier >= 4) {
        return None;
    }
    let mut rules = program.rules.iter().filter(|rule| rule.model == row.model && rule.active != Some(false)).peekable();
    rules.peek()?;
    let mut restricting = None;
    for rule in rules {
        if rule.groups.is_empty() || rule.groups.iter().any(|own| program.groups.implies(group, *own)) {
            return None;
        }
        if !rule.is_open() {
            restricting = Some(rule);
        }
    }
    let restricting = restricting?;
    // A group of the scan above the bound one is bound through closure; an unknown group may be.
    let known = matches!(group.as_str(), "base.group_user" | "base.group_portal" | "base.group_public")
        || program.groups.declared.contains_key(&group);
    let bound_is_internal = restricting.groups.iter().all(|own| own.as_str() == "base.group_user");
    if !known && bound_is_internal {
        return None;
    }
    let report = Report::at(row.site, format!("no record rule of `{}` binds `{group}`, which this row lets in", row.model));
    let broad = matches!(group.as_str(), "base.group_user" | "base.group_portal" | "base.group_public");
    let known = known && (broad || bound_is_internal);
    let report = report.related(restricting.site, "the rule that binds other groups only");
    Some(if known { report } else { report.confidence(Confidence::Low) })
}
