//! A route reads every field of a record as superuser and sends them out.
//!
//! ## What it does
//!
//! Reports `sudo().read()` and `sudo().search_read()` without a list of fields in routes.
//!
//! ## Why it matters
//!
//! New fields, costs and internal notes among them, go out without anybody deciding it.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/list', type='json', auth='public')
//!     def list(self):
//!         return request.env['x.note'].sudo().search([]).read()
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
//!     @http.route('/x/list', type='json', auth='public')
//!     def list(self):
//!         return request.env['x.note'].sudo().search([]).read(['name'])
//! ```
//!
//! ## How to fix
//!
//! Name the fields.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/200.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::flow::{CallView, Kind, Traits};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-overread", "WEB031", Group::Web, Severity::Medium, 200);

pub(super) const CHECK: Check = Check::Call(&["read", "search_read"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let route = call.function.route.as_ref()?;
    let receiver = call.receiver?;
    let records = matches!(receiver.kind, Kind::Records(_)) && receiver.is(Traits::SUDO);
    let at = usize::from(call.name == "search_read");
    let named = call.expression(at, "fields").is_some();
    (records && !named && route.auth != crate::program::Auth::Bearer).then(|| Report::here("every field of the record goes out"))
}
