//! A record rule leaves out operations that the access rows allow.
//!
//! ## What it does
//!
//! Reports rules that switch off write, create or delete while an access row lets the same users do it, and no
//! other rule covers it.
//!
//! ## Why it matters
//!
//! The restriction holds for reading only: whoever may write changes the records that the rule hides, by their ids.
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
//! access_note,note,model_x_note,base.group_user,1,1,1,1
//! ==> security/rules.xml <==
//! <record id="note_rule" model="ir.rule">
//!     <field name="name">Notes</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="domain_force">[('company_id', 'in', company_ids)]</field>
//!     <field name="perm_read" eval="True"/>
//!     <field name="perm_write" eval="False"/>
//!     <field name="perm_create" eval="False"/>
//!     <field name="perm_unlink" eval="False"/>
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
//! access_note,note,model_x_note,base.group_user,1,1,1,1
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
//! Leave the four flags at their default (all on), or add a second rule for the other operations.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::program::{Operation, Program, RecordRule};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("rule-perm-gap", "DAT013", Group::Data, Severity::Medium, 863).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::RecordRule(check);

fn check(program: &Program<'_>, rule: &RecordRule) -> Option<Report> {
    if rule.is_open() || rule.active == Some(false) || !rule.covers(Operation::Read) {
        return None;
    }
    let gaps: Vec<&str> = [Operation::Write, Operation::Create, Operation::Unlink]
        .into_iter()
        .filter(|operation| !rule.covers(*operation))
        .filter(|operation| {
            let covered = program.rules.iter().any(|other| {
                other.model == rule.model && other.id != rule.id && other.covers(*operation) && other.active != Some(false)
            });
            let allowed = program.access.iter().any(|row| {
                row.model == rule.model
                    && row.allows(*operation)
                    && (rule.groups.is_empty()
                        || row.group.is_none_or(|group| rule.groups.iter().any(|own| program.groups.implies(*own, group))))
            });
            allowed && !covered
        })
        .map(Operation::word)
        .collect();
    (!gaps.is_empty()).then(|| {
        Report::at(rule.site, format!("this rule does not hold for {}, which access rows allow on `{}`", gaps.join(", "), rule.model))
    })
}
