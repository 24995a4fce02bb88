//! A model belongs to a company but no rule keeps companies apart.
//!
//! ## What it does
//!
//! Reports stored models with a `company_id` field and access rows, for which the scan holds no rule that looks at
//! the company.
//!
//! ## Why it matters
//!
//! Users of one company see and change the records of another one in the same database.
//!
//! ## Bad
//!
//! ```text
//! ==> models/a.py <==
//! from odoo import fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!     company_id = fields.Many2one('res.company', required=True)
//! ==> security/ir.model.access.csv <==
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_note,note,model_x_note,base.group_user,1,1,1,1
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
//!     company_id = fields.Many2one('res.company', required=True)
//! ==> security/ir.model.access.csv <==
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_note,note,model_x_note,base.group_user,1,1,1,1
//! ==> security/rules.xml <==
//! <record id="note_rule" model="ir.rule">
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="domain_force">[('company_id', 'in', company_ids)]</field>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Add a global rule: `['|', ('company_id', '=', False), ('company_id', 'in', company_ids)]`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::program::ClassKind;
use crate::rule::{Check, FieldView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-no-company-rule", "ACC023", Group::Access, Severity::Medium, 863).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Field(check);

fn check(view: &FieldView<'_>) -> Option<Report> {
    let own = view.field.name == "company_id" && view.field.comodel.is_some_and(|model| model.as_str() == "res.company");
    let model = view.class.model?;
    if !own || view.class.kind != ClassKind::Model || !view.class.defines_model || view.class.flag("_auto") == Some(false) {
        return None;
    }
    // A line takes the company of its parent, and the rule of the parent with it.
    if view.field.keyword("related").is_some() || view.field.keyword("compute").is_some() {
        return None;
    }
    let reachable = view.program.access.iter().any(|row| row.model == model && row.group.is_none_or(|group| crate::program::group_tier(group.as_str()).is_none_or(|tier| tier < 4)));
    let ruled = view.program.rules.iter().any(|rule| rule.model == model && rule.domain.as_deref().is_none_or(|domain| domain.contains("company")));
    (reachable && !ruled).then(|| Report::at(view.site(view.field.call), format!("no rule keeps the companies of `{model}` apart")))
}
