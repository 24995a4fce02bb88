//! A route for logged-in users reads records that the client chooses, as superuser.
//!
//! ## What it does
//!
//! Follows ids of routes with `auth='user'` into `sudo().browse()` without a check. Portal customers are logged in
//! too.
//!
//! ## Why it matters
//!
//! Every customer with a portal account reads the records of every other one.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/note', type='json', auth='user')
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
//!     @http.route('/x/note', type='json', auth='user')
//!     def note(self, note_id):
//!         note = request.env['x.note'].browse(note_id)
//!         note.check_access('read')
//!         return note.sudo().name
//! ```
//!
//! ## How to fix
//!
//! Browse without `sudo()`, check access, and use `sudo()` for display only.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/639.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Guards, Sink, SourceKind};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-user-sudo-read", "WEB004", Group::Web, Severity::High, 639);

pub(super) const CHECK: Check = Check::Flow(&[Sink::SudoRead], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    let guards = Guards::TOKEN | Guards::ACCESS | Guards::GROUP | Guards::OWNER | Guards::PUBLISHED;
    (flow.source.kind.is_route() && flow.source.kind != SourceKind::Bearer && !flow.guards.intersects(guards)).then(|| {
        Report::here(format!("reads, as superuser, the record that is chosen by {}", flow.source_words()))
    })
}
