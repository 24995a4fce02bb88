//! A connection does not check the certificate of the other side.
//!
//! ## What it does
//!
//! Reports `verify=False`, unverified SSL contexts and `check_hostname = False`.
//!
//! ## Why it matters
//!
//! Anybody on the way reads and changes what is sent, credentials included.
//!
//! ## Bad
//!
//! ```python
//! import requests
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def pull(self):
//!         return requests.get('https://api.example.com', verify=False, timeout=5)
//! ```
//!
//! ## Good
//!
//! ```python
//! import requests
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def pull(self):
//!         return requests.get('https://api.example.com', timeout=5)
//! ```
//!
//! ## How to fix
//!
//! Leave the default; give the file of your own certificate authority with `verify='/path/ca.pem'`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/295.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{Expr, Stmt};


use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("py-tls-off", "PY001", Group::Python, Severity::High, 295);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    for call in helpers::calls_in(&node.body) {
        if python::last_name(&call.func) == Some("_create_unverified_context") {
            out.push(Report::at(view.site(call), "the context accepts every certificate"));
        }
        if let Some(keyword) = call.arguments.find_keyword("verify")
            && matches!(&keyword.value, Expr::BooleanLiteral(literal) if !literal.value)
            && python::last_name(&call.func) != Some("decode")
        {
            out.push(Report::at(view.site(keyword), "the certificate of the other side is not checked"));
        }
    }
    for statement in helpers::statements_in(&node.body) {
        let Stmt::Assign(assign) = statement else { continue };
        for target in &assign.targets {
            let Expr::Attribute(attribute) = target else { continue };
            let is_false = matches!(&*assign.value, Expr::BooleanLiteral(literal) if !literal.value);
            let off = match attribute.attr.as_str() {
                "verify" | "check_hostname" => is_false,
                "verify_mode" => python::last_name(&assign.value) == Some("CERT_NONE"),
                "_create_default_https_context" => python::last_name(&assign.value) == Some("_create_unverified_context"),
                _ => false,
            };
            if off {
                out.push(Report::at(view.site(statement), "the certificate of the other side is not checked"));
            }
        }
    }
}
