//! A webhook acts on a body that nobody has verified.
//!
//! ## What it does
//!
//! Reports public routes that take a notification, write records as superuser and check no signature or token on
//! the way.
//!
//! ## Why it matters
//!
//! Anybody on the internet sends the notification: orders become paid, payments confirmed, accounts changed.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/webhook', type='json', auth='public', csrf=False)
//!     def webhook(self):
//!         data = request.get_json_data()
//!         order = request.env['sale.order'].sudo().search([('name', '=', data['order'])])
//!         order.action_confirm()
//! ```
//!
//! ## Good
//!
//! ```python
//! import hmac
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/webhook', type='json', auth='public', csrf=False)
//!     def webhook(self):
//!         data = request.get_json_data()
//!         if not hmac.compare_digest(request.httprequest.headers['X-Signature'], self._sign(data)):
//!             return False
//!         request.env['sale.order'].sudo().search([('name', '=', data['order'])]).action_confirm()
//! ```
//!
//! ## How to fix
//!
//! Verify an HMAC over the raw body with `hmac.compare_digest` and refuse old time stamps.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/345.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::flow::{Effects, Guards};
use crate::program::{Auth};
use crate::rule::{Check, Report, RouteView};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-webhook-nosig", "WEB022", Group::Web, Severity::High, 345).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Route(check);

fn check(view: &RouteView<'_>) -> Option<Report> {
    let route = view.route;
    let open = matches!(route.auth, Auth::None | Auth::Public) && !view.summary.guards.intersects(Guards::TOKEN | Guards::HUMAN);
    let words = format!("{} {}", route.paths.join(" "), view.function.name).to_ascii_lowercase();
    let named = ["webhook", "callback", "notify", "notification", "ipn", "hook"].iter().any(|word| words.contains(word));
    let acts = view.summary.effects.contains(Effects::SUDO_WRITES) || (view.summary.effects.contains(Effects::SUDO) && view.summary.effects.contains(Effects::WRITES));
    let takes = view.summary.effects.contains(Effects::BODY) || view.function.parameters.len() > 1;
    (open && named && acts && takes).then(|| {
        Report::at(view.site(), format!("`{}` acts on what anybody on the internet sends", view.path())).confidence(Confidence::Medium)
    })
}
