//! Portal or public users may read a model that no record rule narrows.
//!
//! ## What it does
//!
//! Joins access rows with the record rules of the scan: a row lets portal or public users read, and no rule for
//! that group, and no global rule, exists for the model.
//!
//! ## Why it matters
//!
//! Every customer reads the rows of every other customer: without a rule the access row holds for all records.
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
//! access_note,note,model_x_note,base.group_portal,1,0,0,0
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
//! access_note,note,model_x_note,base.group_portal,1,0,0,0
//! ==> security/rules.xml <==
//! <record id="note_rule" model="ir.rule">
//!     <field name="name">Notes</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="groups" eval="[(4, ref('base.group_portal'))]"/>
//!     <field name="domain_force">[('create_uid', '=', user.id)]</field>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Add a record rule for the group that ties the record to the customer: `[('partner_id', 'child_of',
//! user.commercial_partner_id.id)]`.
//!
//! ## Limits
//!
//! Catalogue data that all customers may see is reported too; accept it with a reason.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/639.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::program::{AccessRow, Operation, Program};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("acl-portal-unruled", "DAT004", Group::Data, Severity::High, 639).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Access(check);

fn check(program: &Program<'_>, row: &AccessRow) -> Option<Report> {
    let group = row.group.filter(|group| matches!(group.as_str(), "base.group_portal" | "base.group_public"))?;
    if !row.allows(Operation::Read) || row.has_domain || !program.defines_model(row.model) || program.is_transient(row.model) {
        return None;
    }
    let narrowed = program.rules.iter().any(|rule| {
        rule.model == row.model
            && rule.active != Some(false)
            && rule.covers(Operation::Read)
            && !rule.is_open()
            && (rule.groups.is_empty() || rule.groups.iter().any(|own| program.groups.implies(group, *own)))
    });
    let delegates = program.model_classes(row.model).iter().any(|class| !program.class(*class).delegates.is_empty());
    if narrowed || delegates {
        return None;
    }
    Some(Report::at(row.site, format!("`{group}` may read every record of `{}`: no record rule narrows it", row.model)))
}
