//! A client's domain, fields or order goes into a superuser search.
//!
//! ## What it does
//!
//! Follows whole domains and field lists of routes and public methods into `sudo().search()` and its relatives.
//!
//! ## Why it matters
//!
//! The client writes the query: it reads every record, and by domains over related fields guesses secrets letter by
//! letter.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/find', type='json', auth='public')
//!     def find(self, domain):
//!         return request.env['x.note'].sudo().search_read(domain, ['name'])
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
//!     @http.route('/x/find', type='json', auth='public')
//!     def find(self, domain):
//!         return request.env['x.note'].search_read(domain, ['name'])
//! ```
//!
//! ## How to fix
//!
//! Search without `sudo()`, or build the domain on the server.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/639.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink, SourceKind};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-user-domain", "WEB006", Group::Web, Severity::High, 639);

pub(super) const CHECK: Check = Check::Flow(&[Sink::SudoDomain], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind.is_route() || flow.source.kind == SourceKind::Rpc).then(|| Report::here(format!("a superuser search takes {}", flow.source_words())))
}
