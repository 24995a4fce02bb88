//! A token or password is made with a predictable generator.
//!
//! ## What it does
//!
//! Reports `random` and `uuid1` for values named token, password, code or key.
//!
//! ## Why it matters
//!
//! The generator's state follows from a few outputs; whoever sees some tokens computes the others.
//!
//! ## Bad
//!
//! ```python
//! import random
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def renew(self):
//!         self.access_token = ''.join(random.choice('abcdef0123456789') for _ in range(32))
//! ```
//!
//! ## Good
//!
//! ```python
//! import random
//! import secrets
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def renew(self):
//!         delay = random.random()
//!         self.access_token = secrets.token_urlsafe(32)
//! ```
//!
//! ## How to fix
//!
//! Use `secrets.token_urlsafe()` or `uuid.uuid4()`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/330.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::Stmt;

use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;
use crate::rules::secrets;

pub(super) const META: RuleMeta =
    RuleMeta::new("py-weak-random", "PY004", Group::Python, Severity::High, 330);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    let is_token = |name: &str| secrets::is_secret_name(name) || matches!(name, "otp" | "pin" | "verification_code" | "reset_code" | "nonce") || name.ends_with("_otp");
    let named = is_token(view.function.name.trim_start_matches('_')) || view.function.name.contains("generate_token") || view.function.name.contains("generate_password");
    let mut kept: Vec<(&str, &ruff_python_ast::ExprCall)> = Vec::new();
    for statement in helpers::statements_in(&node.body) {
        let (value, target) = match statement {
            Stmt::Assign(assign) => (&*assign.value, assign.targets.first().and_then(python::last_name)),
            Stmt::Return(result) => match &result.value {
                Some(value) => (&**value, None),
                None => continue,
            },
            Stmt::Expr(expression) => (&*expression.value, None),
            _ => continue,
        };
        let weak = helpers::calls_within(value).into_iter().find(|call| {
            let dotted = python::dotted(&call.func).unwrap_or_default();
            let first = dotted.split('.').next().unwrap_or_default();
            let imported = match view.program.name(view.function.unit, first) {
                Some(crate::program::Definition::External(full)) => full.as_str(),
                _ => "",
            };
            (imported == "random" || imported.starts_with("random.") || imported == "uuid" && dotted.ends_with("uuid1")) && !dotted.contains("SystemRandom")
        });
        let Some(call) = weak else {
            // Kept under another name first.
            let shown = helpers::names_within(value).into_iter().find_map(|name| kept.iter().find(|(known, _)| *known == name));
            if let (Some((_, call)), true) = (shown, target.is_some_and(is_token)) {
                out.push(Report::at(view.site(*call), "a secret is made with a predictable generator"));
                return;
            }
            continue;
        };
        kept.extend(target.map(|name| (name, call)));
        let keyed = helpers::keys_within(value).into_iter().any(is_token);
        if target.is_some_and(is_token) || keyed || (named && matches!(statement, Stmt::Return(_) | Stmt::Assign(_))) {
            out.push(Report::at(view.site(call), "a secret is made with a predictable generator"));
            return;
        }
    }
}
