//! A route works as the superuser from end to end.
//!
//! ## What it does
//!
//! Reports `request.update_env(user=SUPERUSER_ID)`, `request.env(user=1)`, `request.uid = 1` in routes that check
//! no signature.
//!
//! ## Why it matters
//!
//! Every later line of the request ignores access rights and record rules, also those that were written for
//! ordinary users.
//!
//! ## Bad
//!
//! ```python
//! from odoo import SUPERUSER_ID
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/sync', type='json', auth='public')
//!     def sync(self):
//!         request.update_env(user=SUPERUSER_ID)
//!         return request.env['x.note'].search_count([])
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
//!     @http.route('/x/sync', type='json', auth='public')
//!     def sync(self):
//!         return request.env['x.note'].sudo().search_count([])
//! ```
//!
//! ## How to fix
//!
//! Use `sudo()` on the one call that needs it, after the check.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{Stmt};

use crate::flow::{Guards};
use crate::program::{ClassKind};
use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-superuser-env", "WEB014", Group::Web, Severity::Critical, 250);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    let in_controller = view.function.class.is_some_and(|class| view.program.class(class).kind == ClassKind::Controller);
    if !in_controller || view.summary.guards.contains(Guards::TOKEN) {
        return;
    }
    for call in helpers::calls_in(&node.body) {
        let name = python::last_name(&call.func).unwrap_or_default();
        let named = python::dotted(&call.func).unwrap_or_default();
        let switches = match name {
            "update_env" => true,
            "env" => named == "request.env",
            "Environment" => call.arguments.args.get(1).is_some_and(helpers::is_superuser),
            _ => false,
        };
        let user = call.arguments.find_keyword("user").map(|keyword| &keyword.value);
        if switches && (name == "Environment" || user.is_some_and(helpers::is_superuser)) {
            out.push(Report::at(view.site(call), "the whole request goes on as superuser"));
            return;
        }
    }
    for statement in helpers::statements_in(&node.body) {
        if let Stmt::Assign(assign) = statement
            && assign.targets.iter().any(|target| python::dotted(target).as_deref() == Some("request.uid"))
            && helpers::is_superuser(&assign.value)
        {
            out.push(Report::at(view.site(statement), "the whole request goes on as superuser"));
            return;
        }
    }
}
