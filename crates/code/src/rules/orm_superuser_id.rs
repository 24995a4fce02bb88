//! Code works as the superuser by id instead of `sudo()` on one call.
//!
//! ## What it does
//!
//! Reports `with_user(SUPERUSER_ID)`, `env(user=SUPERUSER_ID)` and `Environment(cr, SUPERUSER_ID, ...)` outside
//! hooks and migrations.
//!
//! ## Why it matters
//!
//! Everything reached from that environment ignores access rights, and the log names the superuser as author.
//!
//! ## Bad
//!
//! ```python
//! from odoo import SUPERUSER_ID
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def close(self):
//!         self.with_user(SUPERUSER_ID).write({'state': 'done'})
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def close(self):
//!         self.sudo().write({'state': 'done'})
//! ```
//!
//! ## How to fix
//!
//! Use `sudo()` on the call that needs it, or a technical user with the rights it needs.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Confidence, Group, Persona, RuleMeta, Severity};

use crate::flow::{CallView};
use crate::program::{ClassKind, Role};
use crate::rule::{Check, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-superuser-id", "ACC014", Group::Access, Severity::Medium, 250).confidence(Confidence::Medium).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Call(&["with_user", "env", "Environment"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let unit = call.program.unit(call.function.unit);
    let hook = call.function.name.contains("hook") || matches!(call.function.name.as_str(), "init" | "migrate" | "register_hook" | "_register_hook" | "post_load");
    let controller = call.function.class.is_some_and(|class| call.program.class(class).kind == ClassKind::Controller);
    if unit.role != Role::Server || hook || controller || call.function.node.is_none() || call.function.class.is_none() {
        return None;
    }
    let arguments = &call.call.arguments;
    let superuser = match call.name {
        "with_user" => arguments.args.first().is_some_and(helpers::is_superuser),
        "env" => arguments.find_keyword("user").is_some_and(|keyword| helpers::is_superuser(&keyword.value)),
        _ => arguments.args.get(1).is_some_and(helpers::is_superuser),
    };
    superuser.then(|| Report::here("everything reached from here works as the superuser"))
}
