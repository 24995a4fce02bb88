//! A route without login changes records that the client chooses, as superuser.
//!
//! ## What it does
//!
//! Follows ids and domains of public routes to `sudo()` writes, deletes and actions, without a check of token,
//! owner or access.
//!
//! ## Why it matters
//!
//! Anybody on the internet changes any record of the model by counting through the ids.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/close', type='json', auth='public')
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
//!     @http.route('/x/close', type='json', auth='public')
//!     def close(self, note_id, token):
//!         note = request.env['x.note'].sudo().browse(int(note_id))
//!         if not token or not consteq(note.access_token, token):
//!             return False
//!         note.write({'state': 'done'})
//! ```
//!
//! ## How to fix
//!
//! Ask for a token of the record and compare it with `consteq`, or work without `sudo()`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/862.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Guards, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-public-sudo-write", "WEB001", Group::Web, Severity::Critical, 862);

pub(super) const CHECK: Check = Check::Flow(&[Sink::SudoWrite], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    let open = !flow.guards.intersects(Guards::TOKEN | Guards::ACCESS | Guards::GROUP | Guards::OWNER);
    (flow.source.kind.is_anonymous() && open).then(|| {
        Report::here(format!("changes the record that is chosen by {}", flow.source_words()))
    })
}
