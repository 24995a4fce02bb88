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
use ruff_python_ast::{Expr};

use crate::flow::{CallView};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("py-tls-off", "PY001", Group::Python, Severity::High, 295);

pub(super) const CHECK: Check = Check::Call(
    &["get", "post", "put", "patch", "delete", "head", "request", "Session", "_create_unverified_context", "Client", "send"],
    check,
);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    if call.name == "_create_unverified_context" {
        return Some(Report::here("the context accepts every certificate"));
    }
    let keyword = call.call.arguments.find_keyword("verify")?;
    (matches!(&keyword.value, Expr::BooleanLiteral(literal) if !literal.value))
        .then(|| Report::at(call.site(keyword), "the certificate of the other side is not checked"))
}
