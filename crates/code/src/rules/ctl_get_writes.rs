//! A route changes records on GET.
//!
//! ## What it does
//!
//! Reports http routes for logged-in users that allow GET and write: Odoo checks the CSRF token for unsafe methods
//! only.
//!
//! ## Why it matters
//!
//! An image tag on another site, or a link in a mail, changes records in the name of whoever opens it.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/close/<int:note_id>', type='http', auth='user')
//!     def close(self, note_id):
//!         request.env['x.note'].browse(note_id).write({'state': 'done'})
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
//!     @http.route('/x/close/<int:note_id>', type='http', auth='user', methods=['POST'])
//!     def close(self, note_id):
//!         request.env['x.note'].browse(note_id).write({'state': 'done'})
//!         return request.redirect('/x')
//! ```
//!
//! ## How to fix
//!
//! Allow POST only: `methods=['POST']`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/352.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};
use ruff_python_ast::{Expr};

use crate::flow::{Effects, Guards};
use crate::program::{Auth};
use crate::rule::{Check, Report, RouteView};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-get-writes", "WEB020", Group::Web, Severity::Medium, 352).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Route(check);

fn check(view: &RouteView<'_>) -> Option<Report> {
    let route = view.route;
    let node = view.function.node?;
    let allows_get = route.methods.is_empty() || route.methods.contains(&"GET");
    if route.kind != "http" || route.auth != Auth::User || !allows_get || route.csrf == Some(false) {
        return None;
    }
    // Only what the route itself writes: helpers keep statistics and caches.
    let write = helpers::calls_in(&node.body).into_iter().find(|call| {
        matches!(&*call.func, Expr::Attribute(attribute)
            if matches!(attribute.attr.as_str(), "write" | "unlink") || attribute.attr.as_str().starts_with("action_"))
    })?;
    let asks = helpers::mentions(view.function.body, "method");
    (!asks && view.summary.effects.contains(Effects::WRITES) && !view.summary.guards.contains(Guards::TOKEN)).then(|| {
        Report::at(view.site(), format!("`{}` changes records on GET", view.path()))
            .related(view.program.site(view.function.unit, write), "the change")
    })
}
