//! A decision rests on an address that the client writes itself.
//!
//! ## What it does
//!
//! Reports comparisons of `X-Forwarded-For` and `X-Real-IP` headers in code of routes.
//!
//! ## Why it matters
//!
//! The client sends the header with any address in it and is let in.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/in', type='json', auth='public')
//!     def enter(self):
//!         if request.httprequest.headers.get('X-Forwarded-For') != '10.0.0.1':
//!             return False
//!         return self._secret()
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
//!     @http.route('/x/in', type='json', auth='public')
//!     def enter(self):
//!         if request.httprequest.remote_addr != '10.0.0.1':
//!             return False
//!         return self._secret()
//! ```
//!
//! ## How to fix
//!
//! Use `request.httprequest.remote_addr` with `proxy_mode`, and let the proxy set the header.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/290.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{Expr, Stmt};

use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-ip-trust", "WEB029", Group::Web, Severity::Medium, 290);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    let is_header = |text: &str| matches!(text.to_ascii_lowercase().as_str(), "x-forwarded-for" | "x-real-ip" | "http_x_forwarded_for" | "http_x_real_ip");
    let reads = |expression: &Expr| helpers::strings_within(expression).into_iter().any(|(text, _)| is_header(text));
    let mut kept: Vec<&str> = Vec::new();
    for statement in helpers::statements_in(&node.body) {
        if let Stmt::Assign(assign) = statement
            && reads(&assign.value)
        {
            kept.extend(assign.targets.iter().filter_map(python::last_name));
        }
    }
    for compare in helpers::comparisons_in(&node.body) {
        let sides = || compare.comparators.iter().chain([&*compare.left]);
        let decides = sides().any(|side| reads(side) || python::last_name(side).is_some_and(|name| kept.contains(&name)));
        let none = sides().any(|side| matches!(side, Expr::NoneLiteral(_)));
        if decides && !none {
            out.push(Report::at(view.site(compare), "the client chooses the address that is compared here"));
            return;
        }
    }
}
