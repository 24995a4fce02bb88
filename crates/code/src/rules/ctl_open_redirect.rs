//! A route redirects to an address that the client chooses.
//!
//! ## What it does
//!
//! Follows values of routes into `werkzeug.utils.redirect`, `request.redirect(local=False)` and `redirect_query`.
//!
//! ## Why it matters
//!
//! A link to your own server leads to a copy of its login page elsewhere.
//!
//! ## Bad
//!
//! ```python
//! import werkzeug
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/go', type='http', auth='public')
//!     def go(self, url):
//!         return werkzeug.utils.redirect(url)
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
//!     @http.route('/x/go', type='http', auth='public')
//!     def go(self, url):
//!         return request.redirect(url)
//! ```
//!
//! ## How to fix
//!
//! Use `request.redirect(url)`, whose default keeps to your own host from 15.0 on, or check the address.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/601.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-open-redirect", "WEB009", Group::Web, Severity::Medium, 601);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Redirect], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind.is_route()).then(|| Report::here(format!("the target of the redirect is {}", flow.source_words())))
}
