//! Two access rows of one file have the same id.
//!
//! ## What it does
//!
//! Reports an id that occurs twice in one CSV file of access rows.
//!
//! ## Why it matters
//!
//! The last row wins silently, so one of the two rights that somebody reviewed does not exist.
//!
//! ## Bad
//!
//! ```csv
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_note,note,model_x_note,base.group_user,1,0,0,0
//! access_note,note,model_x_note,base.group_system,1,1,1,1
//! ```
//!
//! ## Good
//!
//! ```csv
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_note_user,note,model_x_note,base.group_user,1,0,0,0
//! access_note_admin,note,model_x_note,base.group_system,1,1,1,1
//! ```
//!
//! ## How to fix
//!
//! Give each row an id of its own.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/710.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::program::{AccessRow, Program};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("acl-duplicate", "DAT009", Group::Data, Severity::Low, 710);

pub(super) const CHECK: Check = Check::Access(check);

fn check(program: &Program<'_>, row: &AccessRow) -> Option<Report> {
    let first = program.access.iter().find(|other| other.id == row.id && other.site.file == row.site.file)?;
    (first.site != row.site && !row.id.is_empty()).then(|| {
        Report::at(row.site, format!("the id `{}` is taken by an earlier row", row.id)).related(first.site, "the earlier row")
    })
}
