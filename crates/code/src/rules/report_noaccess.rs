//! A route prints a report of records that the client chooses, as superuser.
//!
//! ## What it does
//!
//! Follows ids of routes into `sudo()._render_qweb_pdf()` without a check of access or token.
//!
//! ## Why it matters
//!
//! Anybody with the address prints the invoices and contracts of others by counting through the ids.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/pdf/<int:note_id>', type='http', auth='public')
//!     def pdf(self, note_id):
//!         return request.env['ir.actions.report'].sudo()._render_qweb_pdf('x.report_note', [note_id])[0]
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
//!     @http.route('/x/pdf/<int:note_id>', type='http', auth='public')
//!     def pdf(self, note_id, access_token=None):
//!         note = self._document_check_access('x.note', note_id, access_token)
//!         return request.env['ir.actions.report'].sudo()._render_qweb_pdf('x.report_note', [note.id])[0]
//! ```
//!
//! ## How to fix
//!
//! Call `_document_check_access` first, and `_show_report` to answer.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/639.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Guards, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("report-noaccess", "TPL007", Group::Template, Severity::High, 639);

pub(super) const CHECK: Check = Check::Flow(&[Sink::SudoReport], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind.is_route() && !flow.guards.intersects(Guards::TOKEN | Guards::ACCESS | Guards::GROUP | Guards::OWNER)).then(|| Report::here(format!("prints the record that is chosen by {}", flow.source_words())))
}
