//! An access row without a group lets everybody change records.
//!
//! ## What it does
//!
//! Reports access rows that name no group and allow write, create or delete, except on wizards.
//!
//! ## Why it matters
//!
//! A row without a group holds for every user: portal customers, and the public user behind every page that needs
//! no login. They change the records over RPC.
//!
//! ## Bad
//!
//! ```csv
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_note,note,model_x_note,,1,1,1,1
//! ```
//!
//! ```xml
//! <record id="access_note" model="ir.model.access">
//!     <field name="name">note</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="perm_read" eval="1"/>
//!     <field name="perm_write" eval="1"/>
//! </record>
//! ```
//!
//! ```text odoo-20.0
//! ==> security/ir.access.csv <==
//! id,name,model_id:id,group_id:id,operation,domain
//! access_note,note,model_x_note,base.group_everyone,crud,
//! ```
//!
//! ## Good
//!
//! ```csv
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_note,note,model_x_note,base.group_user,1,1,1,1
//! ```
//!
//! ```text
//! ==> models/wizard.py <==
//! from odoo import models
//!
//! class Wizard(models.TransientModel):
//!     _name = 'x.wizard'
//! ==> security/ir.model.access.csv <==
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_wizard,wizard,model_x_wizard,,1,1,1,1
//! ```
//!
//! ```text odoo-20.0
//! ==> security/ir.access.csv <==
//! id,name,model_id:id,group_id:id,operation,domain
//! access_note,note,model_x_note,base.group_user,crud,
//! narrow_note,note,model_x_note,,crud,"[('company_id', 'in', company_ids)]"
//! ```
//!
//! ## How to fix
//!
//! Name the smallest group that needs the right in `group_id:id`, and keep read, write, create and delete apart.
//!
//! ## Limits
//!
//! Rows of a wizard belong to the user who made them and are not reported.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/732.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::program::{AccessRow, Program};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("acl-global-write", "DAT001", Group::Data, Severity::Critical, 732);

pub(super) const CHECK: Check = Check::Access(check);

fn check(program: &Program<'_>, row: &AccessRow) -> Option<Report> {
    if row.group.is_some() || !row.allows_change() || row.has_domain || program.is_transient(row.model) {
        return None;
    }
    let changes = row.words();
    Some(Report::at(row.site, format!("everybody, portal and public users included, may {changes} `{}`", row.model)))
}
