//! A route logs somebody in by writing the session.
//!
//! ## What it does
//!
//! Reports assignments to `session.uid`, `session.login` and `session.session_token`, and `session.authenticate`
//! with a constant password.
//!
//! ## Why it matters
//!
//! The session is what proves who somebody is; code that writes it decides alone who is let in, without password,
//! second factor or log.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/in', type='http', auth='public')
//!     def enter(self, uid):
//!         request.session.uid = int(uid)
//!         return request.redirect('/web')
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
//!     @http.route('/x/in', type='http', auth='public')
//!     def enter(self, login, password):
//!         request.session.authenticate(request.db, {'login': login, 'password': password, 'type': 'password'})
//!         return request.redirect('/web')
//! ```
//!
//! ## How to fix
//!
//! Call `session.authenticate` with the user's own credential.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/287.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{Expr, Stmt};

use crate::flow::{Guards};
use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-session-forge", "WEB015", Group::Web, Severity::Critical, 287);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    if view.summary.guards.contains(Guards::GROUP) {
        return;
    }
    for statement in helpers::statements_in(&node.body) {
        let Stmt::Assign(assign) = statement else { continue };
        for target in &assign.targets {
            let Expr::Attribute(attribute) = target else { continue };
            let on_session = python::last_name(&attribute.value) == Some("session");
            let clears = matches!(&*assign.value, Expr::NoneLiteral(_) | Expr::BooleanLiteral(_));
            if on_session && !clears && matches!(attribute.attr.as_str(), "uid" | "login" | "session_token") {
                out.push(Report::at(view.site(statement), format!("writes `session.{}` by hand", attribute.attr)));
                return;
            }
        }
    }
    for call in helpers::calls_in(&node.body) {
        let on_session = matches!(&*call.func, Expr::Attribute(attribute)
            if attribute.attr.as_str() == "authenticate" && python::last_name(&attribute.value) == Some("session"));
        let constant = call.arguments.args.get(2).or_else(|| call.arguments.args.get(1)).is_some_and(|password| match password {
            Expr::StringLiteral(_) => true,
            Expr::Dict(credential) => credential.items.iter().any(|item| {
                item.key.as_ref().and_then(python::string) == Some("password") && python::is_literal(&item.value)
            }),
            _ => false,
        });
        if on_session && constant {
            out.push(Report::at(view.site(call), "logs in with a password that is in the code"));
            return;
        }
    }
}
