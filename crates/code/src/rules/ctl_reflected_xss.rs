//! A route answers with HTML that holds a value of the request.
//!
//! ## What it does
//!
//! Reports http routes that return or send text built from request values.
//!
//! ## Why it matters
//!
//! A text answer is HTML for the browser: a link with a script in it runs in the session of whoever opens it.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/hello', type='http', auth='public')
//!     def hello(self, name=''):
//!         return '<p>Hello %s</p>' % name
//! ```
//!
//! ## Good
//!
//! ```python
//! from markupsafe import Markup
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/hello', type='http', auth='public')
//!     def hello(self, name=''):
//!         return Markup('<p>Hello %s</p>') % name
//! ```
//!
//! ## How to fix
//!
//! Render a template, or use `Markup('...%s') % value`, which escapes.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/79.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-reflected-xss", "WEB010", Group::Web, Severity::High, 79);

pub(super) const CHECK: Check = Check::Flow(&[Sink::Html], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    (flow.source.kind.is_route()).then(|| Report::here(format!("the page holds {}", flow.source_words())))
}
