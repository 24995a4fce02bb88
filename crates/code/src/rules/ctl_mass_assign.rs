//! A route writes the raw parameters of the request.
//!
//! ## What it does
//!
//! Reports `create(post)` and `write(kw)` with the dictionary of request parameters as it came.
//!
//! ## Why it matters
//!
//! The client adds fields that the form never had: owner, state, price, groups, company.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/new', type='http', auth='user', methods=['POST'])
//!     def new(self, **post):
//!         request.env['x.note'].create(post)
//!         return request.redirect('/x')
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
//!     @http.route('/x/new', type='http', auth='user', methods=['POST'])
//!     def new(self, **post):
//!         request.env['x.note'].create({'name': post.get('name')})
//!         return request.redirect('/x')
//! ```
//!
//! ## How to fix
//!
//! Pick the fields by name.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/915.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink, Traits};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-mass-assign", "WEB005", Group::Web, Severity::High, 915);

pub(super) const CHECK: Check = Check::Flow(&[Sink::MassAssign], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    if !flow.source.kind.is_route() {
        return None;
    }
    let report = Report::here(format!("writes every key of {}", flow.source_words()));
    let sudo = flow.sink.traits.contains(Traits::SUDO);
    Some(if sudo && flow.source.kind.is_anonymous() { report.severity(Severity::Critical) } else { report })
}
