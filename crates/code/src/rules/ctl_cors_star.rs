//! A route answers scripts of every site.
//!
//! ## What it does
//!
//! Reports `cors='*'` on routes for logged-in or public users that read or change records.
//!
//! ## Why it matters
//!
//! Scripts on any site call the route from the browsers of its visitors, from inside your network too.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/list', type='json', auth='user', cors='*')
//!     def list(self):
//!         return request.env['x.note'].search([]).mapped('name')
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
//!     @http.route('/x/list', type='json', auth='user', cors='https://shop.example.com')
//!     def list(self):
//!         return request.env['x.note'].search([]).mapped('name')
//! ```
//!
//! ## How to fix
//!
//! Name the origin that needs it, or leave `cors` out.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/942.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{Effects};
use crate::program::{Auth};
use crate::rule::{Check, Report, RouteView};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-cors-star", "WEB021", Group::Web, Severity::Medium, 942);

pub(super) const CHECK: Check = Check::Route(check);

fn check(view: &RouteView<'_>) -> Option<Report> {
    if view.route.cors != Some("*") || matches!(view.route.auth, Auth::Bearer | Auth::Custom) {
        return None;
    }
    let touches = view.summary.effects.intersects(Effects::READS | Effects::WRITES | Effects::SQL);
    let report = Report::at(view.site(), format!("scripts of every site may call `{}`", view.path()));
    match view.route.auth {
        Auth::User => Some(report),
        _ if touches => Some(report.severity(Severity::Low)),
        _ => None,
    }
}
