//! A public method changes records that the caller chooses, as superuser.
//!
//! ## What it does
//!
//! Follows arguments of methods that every logged-in user can call over RPC to `sudo()` writes, deletes and
//! actions.
//!
//! ## Why it matters
//!
//! The method lends superuser rights to every logged-in user, portal customers included.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def close(self, note_id):
//!         self.env['x.note'].sudo().browse(note_id).write({'state': 'done'})
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
//!     def _close(self, note_id):
//!         self.env['x.note'].sudo().browse(note_id).write({'state': 'done'})
//! ```
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def close(self, note_id):
//!         note = self.env['x.note'].browse(note_id)
//!         note.check_access('write')
//!         note.sudo().write({'state': 'done'})
//! ```
//!
//! ## How to fix
//!
//! Make the method private (underscore, or `@api.private` from 18.0), or check access first.
//!
//! ## Limits
//!
//! Reading as superuser in a public method is not reported by this rule.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/862.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Guards, Sink, SourceKind, Traits};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-rpc-sudo", "ACC001", Group::Access, Severity::High, 862);

pub(super) const CHECK: Check = Check::Flow(&[Sink::SudoWrite, Sink::MassAssign], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    let open = !flow.guards.intersects(Guards::TOKEN | Guards::ACCESS | Guards::GROUP | Guards::OWNER);
    if flow.source.kind != SourceKind::Rpc || !open {
        return None;
    }
    if flow.sink.sink == Sink::MassAssign {
        let sudo = flow.sink.traits.contains(Traits::SUDO);
        return sudo.then(|| Report::here(format!("writes, as superuser, the values of {}", flow.source_words())));
    }
    Some(Report::here(format!("changes, as superuser, the record that is chosen by {}", flow.source_words())))
}
