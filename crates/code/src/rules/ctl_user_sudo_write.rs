//! A route for logged-in users changes records that the client chooses, as superuser.
//!
//! ## What it does
//!
//! Follows ids of routes with `auth='user'` to `sudo()` writes without a check. Portal customers are logged in too.
//!
//! ## Why it matters
//!
//! Every customer with a portal account changes the records of every other one.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/close', type='json', auth='user')
//!     def close(self, note_id):
//!         request.env['x.note'].sudo().browse(note_id).write({'state': 'done'})
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/close', type='json', auth='user')
//!     def close(self, note_id):
//!         note = request.env['x.note'].browse(note_id)
//!         note.check_access('write')
//!         note.sudo().write({'state': 'done'})
//! ```
//!
//! ## How to fix
//!
//! Work without `sudo()`, or check access of the record before.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/639.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Guards, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-user-sudo-write", "WEB002", Group::Web, Severity::High, 639);

pub(super) const CHECK: Check = Check::Flow(&[Sink::SudoWrite], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    let open = !flow.guards.intersects(Guards::TOKEN | Guards::ACCESS | Guards::GROUP | Guards::OWNER);
    (flow.source.kind.is_route() && open).then(|| {
        Report::here(format!("changes the record that is chosen by {}", flow.source_words()))
    })
}
