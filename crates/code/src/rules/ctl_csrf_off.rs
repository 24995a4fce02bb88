//! CSRF protection is off on a route that writes with the session of the user.
//!
//! ## What it does
//!
//! Reports http routes for logged-in users with `csrf=False` that change records.
//!
//! ## Why it matters
//!
//! Any page that a logged-in user opens elsewhere sends the form in their name.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/close', type='http', auth='user', csrf=False)
//!     def close(self, **kw):
//!         request.env['x.note'].create({'name': 'a'})
//!         return 'ok'
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
//!     @http.route('/x/close', type='http', auth='user')
//!     def close(self, **kw):
//!         request.env['x.note'].create({'name': 'a'})
//!         return 'ok'
//! ```
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/hook', type='http', auth='none', csrf=False)
//!     def hook(self, **kw):
//!         return 'ok'
//! ```
//!
//! ## How to fix
//!
//! Leave `csrf` at its default and put the token into the form; let machines use `auth='bearer'` or a signature.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/352.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Effects, Guards};
use crate::program::{Auth};
use crate::rule::{Check, Report, RouteView};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-csrf-off", "WEB019", Group::Web, Severity::High, 352);

pub(super) const CHECK: Check = Check::Route(check);

fn check(view: &RouteView<'_>) -> Option<Report> {
    let route = view.route;
    let writes = view.summary.effects.intersects(Effects::WRITES | Effects::SQL_WRITES);
    let only_get = !route.methods.is_empty() && route.methods.iter().all(|method| matches!(*method, "GET" | "HEAD"));
    let session = matches!(route.auth, Auth::User | Auth::Unknown) && !route.stateless;
    if route.csrf != Some(false) || route.kind != "http" || only_get || !session || !writes || view.summary.guards.contains(Guards::TOKEN) {
        return None;
    }
    Some(Report::at(view.site(), format!("`{}` changes records and accepts forms of other sites", view.path())))
}
