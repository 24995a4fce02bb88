//! A link is built from the host that the client names.
//!
//! ## What it does
//!
//! Reports `httprequest.host_url`, `url_root`, `base_url` and `host` in code that makes links for mails, callbacks
//! or stored values.
//!
//! ## Why it matters
//!
//! A request with another host makes the server send out links to that host, with valid tokens in them.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/mail', type='http', auth='public')
//!     def mail(self):
//!         link = request.httprequest.host_url + 'x/confirm'
//!         return self._send(link)
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
//!     @http.route('/x/mail', type='http', auth='public')
//!     def mail(self):
//!         link = request.env['ir.config_parameter'].sudo().get_param('web.base.url') + '/x/confirm'
//!         return self._send(link)
//! ```
//!
//! ## How to fix
//!
//! Use `record.get_base_url()` or the parameter `web.base.url`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/644.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};
use ruff_python_ast::Stmt;

use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-host-header", "WEB030", Group::Web, Severity::Medium, 644).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    for statement in helpers::statements_in(&node.body) {
        let value = match statement {
            Stmt::Assign(assign) => &*assign.value,
            Stmt::Expr(expression) => &*expression.value,
            _ => continue,
        };
        if let Some(found) = helpers::attributes_within(value).into_iter().find(|attribute| {
            matches!(attribute.attr.as_str(), "host_url" | "url_root") && python::last_name(&attribute.value) == Some("httprequest")
        }) {
            out.push(Report::at(view.site(found), format!("`{}` is what the client says", found.attr)));
            return;
        }
    }
}
