//! A record is looked up by a token that may be empty.
//!
//! ## What it does
//!
//! Reports search domains such as `[('token', '=', token)]` with a value of a client that nobody has checked for
//! emptiness.
//!
//! ## Why it matters
//!
//! JSON clients can send `false`, and a missing argument is `None`: the search then finds every record that has no
//! token yet.
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
//!     def note(self, token=None):
//!         return request.env['x.note'].sudo().search([('access_token', '=', token)], limit=1).name
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
//!     def note(self, token=None):
//!         if not token or not isinstance(token, str):
//!             return False
//!         return request.env['x.note'].sudo().search([('access_token', '=', token)], limit=1).name
//! ```
//!
//! ## How to fix
//!
//! Refuse anything that is not a non-empty text before the search.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/287.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{Expr};

use crate::flow::{Flow, Sink};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-falsy-token", "WEB008", Group::Web, Severity::Critical, 287);

pub(super) const CHECK: Check = Check::Flow(&[Sink::TokenLookup], check);

fn check(flow: &Flow<'_>) -> Option<Report> {
    if !flow.source.kind.is_route() {
        return None;
    }
    let entry = flow.entry_function();
    let http = entry.route.as_ref().is_some_and(|route| route.kind == "http");
    if http {
        // Parameters of http routes are text; only a missing one is `None`.
        let path = entry.route.as_ref().is_some_and(|route| {
            route.paths.iter().any(|path| path.contains(&format!(":{}>", flow.source.name)) || path.contains(&format!("<{}>", flow.source.name)))
        });
        let default = entry.node.and_then(|node| node.parameters.find(flow.source.name.as_str())).is_some_and(|found| {
            found.default().is_none_or(|value| !matches!(value, Expr::NoneLiteral(_) | Expr::BooleanLiteral(_)))
        });
        if path || default {
            return None;
        }
    }
    Some(Report::here(format!("the look-up finds records without a token when it is empty: {}", flow.source_words())))
}
