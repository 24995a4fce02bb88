//! A module re-declares an access row of Odoo and widens it.
//!
//! ## What it does
//!
//! Reports access rows whose external id belongs to another module and that allow a change to ordinary users or to
//! everybody.
//!
//! ## Why it matters
//!
//! The row replaces the one that Odoo ships, silently and for the whole database; uninstalling the module does not
//! bring it back.
//!
//! ## Bad
//!
//! ```csv
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! base.access_res_partner_group_user,partner,base.model_res_partner,base.group_user,1,1,1,1
//! ```
//!
//! ## Good
//!
//! ```csv
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! base.access_res_partner_group_user,partner,base.model_res_partner,base.group_user,1,0,0,0
//! ```
//!
//! ## How to fix
//!
//! Add a row of your own for the group that needs more, and leave Odoo's row alone.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/732.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::program::{AccessRow, Operation, Program, core_grants, group_tier};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("acl-overrides-core", "DAT008", Group::Data, Severity::High, 732).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Access(check);

fn check(program: &Program<'_>, row: &AccessRow) -> Option<Report> {
    let module = program.module_of(row.site.file)?;
    let (owner, _) = row.id.split_once('.')?;
    if owner == module.name || !row.allows_change() {
        return None;
    }
    let group = row.group.map(|group| group.as_str());
    if group.and_then(group_tier).is_some_and(|tier| tier >= 3) {
        return None;
    }
    let series = program.series(row.site.file);
    let shipped = ['w', 'c', 'd'].iter().zip([Operation::Write, Operation::Create, Operation::Unlink]);
    let wider = shipped.filter(|(letter, operation)| row.allows(*operation) && !core_grants(row.model.as_str(), group, **letter, series));
    (wider.count() > 0).then(|| {
        Report::at(row.site, format!("replaces `{}` of module `{owner}` and allows {}", row.id, row.words()))
    })
}
