//! A route without login reads records that the client chooses, as superuser.
//!
//! ## What it does
//!
//! Follows ids and domains of public routes into `sudo().browse()` and `sudo().search()`, without a check of token,
//! owner, publication or access.
//!
//! ## Why it matters
//!
//! Anybody on the internet reads all records of the model by counting through the ids.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/note', type='json', auth='public')
//!     def note(self, note_id):
//!         return request.env['x.note'].sudo().browse(note_id).name
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
//!     @http.route('/x/note', type='json', auth='public')
//!     def note(self, note_id, access_token):
//!         note = self._document_check_access('x.note', note_id, access_token)
//!         return note.name
//! ```
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/note', type='json', auth='public')
//!     def note(self, note_id, token):
//!         if not token:
//!             return False
//!         return request.env['x.note'].sudo().search([('id', '=', int(note_id)), ('access_token', '=', token)]).name
//! ```
//!
//! ## How to fix
//!
//! Use `_document_check_access(model, id, token)`, or read without `sudo()` and give the public group a record
//! rule.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/639.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Guards, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-public-sudo-read", "WEB003", Group::Web, Severity::High, 639);

pub(super) const CHECK: Check = Check::Flow(&[Sink::SudoRead], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    let guards = Guards::TOKEN | Guards::ACCESS | Guards::GROUP | Guards::OWNER | Guards::PUBLISHED;
    (flow.source.kind.is_anonymous() && !flow.guards.intersects(guards)).then(|| {
        Report::here(format!("reads, as superuser, the record that is chosen by {}", flow.source_words()))
    })
}
