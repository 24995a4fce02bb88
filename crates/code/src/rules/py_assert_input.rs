//! An `assert` checks what a client sends.
//!
//! ## What it does
//!
//! Reports asserts over arguments of routes.
//!
//! ## Why it matters
//!
//! Python drops asserts when it runs with `-O`, and the check is gone.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/set', type='json', auth='user')
//!     def set(self, size):
//!         assert int(size) < 10
//!         return size
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
//!     @http.route('/x/set', type='json', auth='user')
//!     def set(self, size):
//!         if int(size) >= 10:
//!             raise ValueError(size)
//!         return size
//! ```
//!
//! ## How to fix
//!
//! Raise an exception.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/617.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{Stmt};

use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("py-assert-input", "PY019", Group::Python, Severity::Low, 617);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node.filter(|_| view.function.route.is_some()) else { return };
    for statement in helpers::statements_in(&node.body) {
        let Stmt::Assert(assert) = statement else { continue };
        let about = helpers::all_names(&assert.test).into_iter().any(|name| view.function.parameters.iter().skip(1).any(|parameter| *parameter == name));
        if about {
            out.push(Report::at(view.site(statement), "this check of a client's value disappears under `python -O`"));
            return;
        }
    }
}
