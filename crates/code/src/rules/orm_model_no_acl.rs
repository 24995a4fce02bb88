//! A new model has no access row.
//!
//! ## What it does
//!
//! Reports stored models of a module, wizards from 14.0 on too, without a row in its own access files.
//!
//! ## Why it matters
//!
//! Nobody but the superuser can use the model, which pushes its code towards `sudo()`. It is no exposure: without a
//! row everything is refused.
//!
//! ## Bad
//!
//! ```text
//! ==> models/a.py <==
//! from odoo import models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//! ```
//!
//! ## Good
//!
//! ```text
//! ==> models/a.py <==
//! from odoo import models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//! ==> security/ir.model.access.csv <==
//! id,name,model_id:id,group_id:id,perm_read,perm_write,perm_create,perm_unlink
//! access_note,note,model_x_note,base.group_user,1,0,0,0
//! ```
//!
//! ## How to fix
//!
//! Add rows for the groups that need the model.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/276.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::program::{ClassKind};
use crate::rule::{Check, ClassView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-model-no-acl", "ACC022", Group::Access, Severity::Low, 276).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Class(check);

fn check(view: &ClassView<'_>, out: &mut Vec<Report>) {
    let class = view.class;
    let series = view.program.series(view.program.unit(class.unit).file).major();
    let wants = class.kind == ClassKind::Model || (class.kind == ClassKind::Transient && series >= 14);
    let Some(model) = class.model.filter(|_| wants && class.defines_model) else { return };
    let view_model = class.flag("_auto") == Some(false) || class.flag("_abstract") == Some(true) || class.flag("_register") == Some(false);
    let Some(module) = view.program.file(view.program.unit(class.unit).file).module else { return };
    let covered = view.program.access.iter().any(|row| row.model == model);
    // A module without any file of rows and a single model is mostly an excerpt; the rule is for whole modules.
    let has_manifest = !view.program.module(module).manifest.version.is_empty();
    if !view_model && !covered && has_manifest {
        out.push(Report::at(view.site(&class.node.name), format!("nobody but the superuser can use `{model}`")));
    }
}
