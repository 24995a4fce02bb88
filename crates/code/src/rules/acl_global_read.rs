//! An access row without a group lets everybody read records.
//!
//! ## What it does
//!
//! Reports access rows that name no group and allow read only, except on wizards and on models that hold reference
//! data.
//!
//! ## Why it matters
//!
//! A row without a group holds for portal customers and for the public user too. What one page shows of a record, a
//! client reads in full.
//!
//! ## Bad
//!
//! ```csv
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_note,note,model_x_note,,1,0,0,0
//! ```
//!
//! ## Good
//!
//! ```csv
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_note,note,model_x_note,base.group_user,1,0,0,0
//! ```
//!
//! ## How to fix
//!
//! Name a group, `base.group_user` at least; add a row for portal together with a record rule when customers need
//! the data.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/732.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::program::{AccessRow, Operation, Program};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("acl-global-read", "DAT002", Group::Data, Severity::Medium, 732).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Access(check);

/// Words of models that are the same for everybody.
const REFERENCE: [&str; 15] = [
    "type", "stage", "category", "tag", "country", "state", "unit", "uom", "currency", "lang", "template", "public", "config",
    "mixin", "abstract",
];

fn check(program: &Program<'_>, row: &AccessRow) -> Option<Report> {
    if row.group.is_some() || row.allows_change() || !row.allows(Operation::Read) || row.has_domain {
        return None;
    }
    let reference = row.model.split(['.', '_']).any(|part| REFERENCE.contains(&part));
    if reference || program.is_transient(row.model) {
        return None;
    }
    Some(Report::at(row.site, format!("everybody, portal and public users included, may read `{}`", row.model)))
}
