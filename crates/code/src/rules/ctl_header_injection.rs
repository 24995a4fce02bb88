//! A client's text goes into a header of the answer.
//!
//! ## What it does
//!
//! Follows values of routes into response headers, `Content-Disposition` for instance, that were built by hand.
//!
//! ## Why it matters
//!
//! A quote or semicolon in the text changes the file name and type that the browser sees.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/file', type='http', auth='user')
//!     def file(self, name):
//!         response = request.make_response('x')
//!         response.headers['Content-Disposition'] = 'attachment; filename=%s' % name
//!         return response
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo.http import content_disposition
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/file', type='http', auth='user')
//!     def file(self, name):
//!         response = request.make_response('x')
//!         response.headers['Content-Disposition'] = content_disposition(name)
//!         return response
//! ```
//!
//! ## How to fix
//!
//! Use `content_disposition(name)` of `odoo.http`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/113.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-header-injection", "WEB034", Group::Web, Severity::Low, 113);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Header], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    flow.source.kind.is_route().then(|| Report::here(format!("a header holds {}", flow.source_words())))
}
