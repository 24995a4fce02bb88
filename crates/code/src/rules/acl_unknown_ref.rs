//! An access row names a model of the module that does not exist.
//!
//! ## What it does
//!
//! Reports rows whose model carries the module's own prefix although no class of the module defines it.
//!
//! ## Why it matters
//!
//! The row protects nothing, and the model that it was meant for has no rights, which pushes code towards `sudo()`.
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
//! access_note,note,model_x_notes,base.group_user,1,0,0,0
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
//! access_note,note,model_x_note,base.group_user,1,0,0,0
//! ```
//!
//! ## How to fix
//!
//! Correct the external id: `model_` and the model's name with underscores for dots.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/862.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::program::{AccessRow, Program};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("acl-unknown-ref", "DAT007", Group::Data, Severity::Medium, 862);

pub(super) const CHECK: Check = Check::Access(check);

fn check(program: &Program<'_>, row: &AccessRow) -> Option<Report> {
    let module = program.module_of(row.site.file)?;
    // A reference into another module, or a model that is known, is not judged.
    let own = row.model_reference.split_once('.').is_none_or(|(prefix, _)| prefix == module.name);
    if !own || !program.model_classes(row.model).is_empty() {
        return None;
    }
    // Only when a near miss exists: otherwise the model may come from a dependency that is not in the scan.
    let near = program.classes.iter().find(|class| {
        let same_module = program.file(program.unit(class.unit).file).module == program.file(row.site.file).module;
        same_module && class.defines_model && class.model.is_some_and(|model| is_near(model.as_str(), row.model.as_str()))
    })?;
    let meant = near.model?;
    Some(Report::at(row.site, format!("`{}` is no model of this module; `{meant}` is", row.model_reference)))
}

/// One letter more, less or other.
fn is_near(a: &str, b: &str) -> bool {
    if a == b || a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let common = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    let (rest_a, rest_b) = (&a.as_bytes()[common..], &b.as_bytes()[common..]);
    rest_a.get(1..) == rest_b.get(1..) || rest_a.get(1..) == Some(rest_b) || rest_b.get(1..) == Some(rest_a)
}
