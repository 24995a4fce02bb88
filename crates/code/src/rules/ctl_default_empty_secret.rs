//! A secret that is not set equals an empty one.
//!
//! ## What it does
//!
//! Reports comparisons with a parameter or environment variable whose default is the empty text.
//!
//! ## Why it matters
//!
//! Where nobody has set the secret, a request that sends an empty one passes the check.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/hook', type='json', auth='public')
//!     def hook(self, token=''):
//!         secret = request.env['ir.config_parameter'].sudo().get_param('x.secret', '')
//!         if token != secret:
//!             return False
//!         return True
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
//!     @http.route('/x/hook', type='json', auth='public')
//!     def hook(self, token=''):
//!         secret = request.env['ir.config_parameter'].sudo().get_param('x.secret')
//!         if not secret or token != secret:
//!             return False
//!         return True
//! ```
//!
//! ## How to fix
//!
//! Refuse every request while the secret is not set.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1188.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{Expr, Stmt};

use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;
use crate::rules::secrets;

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-default-empty-secret", "WEB025", Group::Web, Severity::High, 1188);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    for statement in helpers::statements_in(&node.body) {
        let Stmt::Assign(assign) = statement else { continue };
        let (Some(Expr::Name(name)), Expr::Call(call)) = (assign.targets.first(), &*assign.value) else { continue };
        let getter = matches!(python::last_name(&call.func), Some("get_param" | "getenv"))
            || python::dotted(&call.func).is_some_and(|dotted| dotted.ends_with("environ.get"));
        let empty = call.arguments.find_argument_value("default", 1).and_then(python::string) == Some("");
        let secret = call.arguments.args.first().and_then(python::string).is_some_and(secrets::is_secret_name)
            || secrets::is_secret_name(name.id.as_str());
        if !getter || !empty || !secret {
            continue;
        }
        let used = helpers::comparisons_in(&node.body).into_iter().any(|compare| {
            let is_it = |side: &Expr| matches!(side, Expr::Name(other) if other.id == name.id);
            is_it(&compare.left) || compare.comparators.iter().any(is_it)
        }) || helpers::calls_in(&node.body).into_iter().any(|call| {
            matches!(python::last_name(&call.func), Some("consteq" | "compare_digest"))
                && call.arguments.args.iter().any(|side| matches!(side, Expr::Name(other) if other.id == name.id))
        });
        if used && !helpers::checks_truth(&node.body, name.id.as_str()) {
            out.push(Report::at(view.site(statement), format!("`{}` is empty where nobody has set it, and so equals an empty request", name.id)));
            return;
        }
    }
}
