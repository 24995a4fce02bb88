//! Access rows in the old form on a series that no longer reads them.
//!
//! ## What it does
//!
//! Reports `ir.model.access` rows and `ir.rule` records in modules for 20.0, where `ir.access` replaces both.
//!
//! ## Why it matters
//!
//! The rows have no effect: models without rows are closed, and restrictions that lived in rules are gone.
//!
//! ## Bad
//!
//! ```csv odoo-20.0
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_note,note,model_x_note,base.group_user,1,0,0,0
//! ```
//!
//! ## Good
//!
//! ```csv odoo-19.0
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_note,note,model_x_note,base.group_user,1,0,0,0
//! ```
//!
//! ## How to fix
//!
//! Write the rows as `ir.access` with operation letters and a domain.
//!
//! ## Limits
//!
//! What is known of 20.0 comes from notes of third parties.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/862.html>

use castellan_model::{Confidence, Group, RuleMeta, SeriesRange, Severity};

use crate::program::{Program};
use crate::rule::{Check, Report};
use crate::source::{ModuleId, Range, Site, FileId};

pub(super) const META: RuleMeta =
    RuleMeta::new("acl-20-format", "DAT010", Group::Data, Severity::Medium, 862).confidence(Confidence::Medium).series(SeriesRange::since(20));

pub(super) const CHECK: Check = Check::Module(check);

fn check(program: &Program<'_>, id: ModuleId, out: &mut Vec<Report>) {
    let mut files: Vec<FileId> = Vec::new();
    let old = program.csv.iter().filter(|table| table.model == "ir.model.access").map(|table| {
        (table.file, table.rows.first().map_or(Range { start: 0, end: 0 }, |(_, range)| *range))
    });
    let rules = program.rules.iter().map(|rule| (rule.site.file, rule.site.range));
    for (file, range) in old.chain(rules) {
        if program.file(file).module == Some(id) && !files.contains(&file) {
            files.push(file);
            out.push(Report::at(Site { file, range }, "this series reads `ir.access` only; these rows have no effect"));
        }
    }
}
