//! A route without any user touches the database.
//!
//! ## What it does
//!
//! Reports routes with `auth='none'` that read or write records or run SQL, and check no token.
//!
//! ## Why it matters
//!
//! No user is known, so the code works as superuser or builds an environment of its own, for anybody on the
//! internet.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/list', type='json', auth='none')
//!     def list(self):
//!         return request.env['x.note'].sudo().search([]).mapped('name')
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
//!     @http.route('/x/health', type='http', auth='none')
//!     def health(self):
//!         return 'ok'
//! ```
//!
//! ## How to fix
//!
//! Use `auth='public'` and the rights of the public user, or `auth='user'` or `'bearer'`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/306.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Effects, Guards};
use crate::program::{Auth};
use crate::rule::{Check, Report, RouteView};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-auth-none", "WEB018", Group::Web, Severity::High, 306);

pub(super) const CHECK: Check = Check::Route(check);

fn check(view: &RouteView<'_>) -> Option<Report> {
    let touches = view.summary.effects.intersects(Effects::READS | Effects::WRITES | Effects::SQL | Effects::ENVIRONMENT);
    (view.route.auth == Auth::None && touches && !view.summary.guards.contains(Guards::TOKEN)).then(|| {
        Report::at(view.site(), format!("`{}` works on the database without any user", view.path()))
    })
}
