//! An API key is made without a narrow scope.
//!
//! ## What it does
//!
//! Reports `res.users.apikeys._generate()` with the scope `None` or `rpc`.
//!
//! ## Why it matters
//!
//! The key opens everything that the user may do, over every API.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def make_key(self):
//!         return self.env['res.users.apikeys'].sudo()._generate(None, 'sync')
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     def make_key(self):
//!         return self.env['res.users.apikeys']._generate('x_sync', 'sync')
//! ```
//!
//! ## How to fix
//!
//! Name a scope of your own and check for it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/285.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{Expr};

use crate::flow::{CallView};
use crate::python;
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-api-key-scope", "ACC028", Group::Access, Severity::Medium, 285);

pub(super) const CHECK: Check = Check::Call(&["_generate"], check);

fn check(call: &CallView<'_, '_>) -> Option<Report> {
    let wide = call.expression(0, "scope").is_some_and(|scope| matches!(scope, Expr::NoneLiteral(_)) || python::string(scope) == Some("rpc"));
    (call.receiver?.model() == "res.users.apikeys" && wide).then(|| Report::here("the key opens every API of its user"))
}
