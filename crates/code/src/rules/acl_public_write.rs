//! Portal or public users may change records.
//!
//! ## What it does
//!
//! Reports access rows that give `base.group_public` or `base.group_portal` write, create or delete.
//!
//! ## Why it matters
//!
//! Portal customers, or anybody on the internet for the public group, change the records over RPC, past every form
//! and its checks.
//!
//! ## Bad
//!
//! ```csv
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_note,note,model_x_note,base.group_portal,1,1,0,0
//! ```
//!
//! ## Good
//!
//! ```csv
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_note,note,model_x_note,base.group_portal,1,0,0,0
//! ```
//!
//! ## How to fix
//!
//! Give read only. Let a route write what the customer may write, after it has checked the token or the owner.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/732.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::program::{AccessRow, Program, core_grants};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("acl-public-write", "DAT003", Group::Data, Severity::High, 732);

pub(super) const CHECK: Check = Check::Access(check);

fn check(program: &Program<'_>, row: &AccessRow) -> Option<Report> {
    let group = row.group.filter(|group| matches!(group.as_str(), "base.group_portal" | "base.group_public"))?;
    if !row.allows_change() || program.is_transient(row.model) {
        return None;
    }
    let who = if group.as_str() == "base.group_public" { "everybody on the internet" } else { "every portal customer" };
    let series = program.series(row.site.file);
    // Odoo itself lets portal users write some of its own models.
    if ['w', 'c', 'd'].iter().any(|permission| core_grants(row.model.as_str(), Some(group.as_str()), *permission, series)) {
        return None;
    }
    Some(Report::at(row.site, format!("{who} may {} `{}`", row.words(), row.model)))
}
