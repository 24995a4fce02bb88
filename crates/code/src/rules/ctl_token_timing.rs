//! A secret is compared with `==`.
//!
//! ## What it does
//!
//! Reports `==` and `!=` between a token, signature or key and a value of a request.
//!
//! ## Why it matters
//!
//! The time of the answer tells how many leading characters are right; a patient client finds the secret.
//!
//! ## Bad
//!
//! ```python
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/note', type='json', auth='public')
//!     def note(self, token, note_id):
//!         note = request.env['x.note'].sudo().browse(note_id)
//!         if note.access_token == token:
//!             return note.name
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
//!     @http.route('/x/note', type='json', auth='public')
//!     def note(self, token, note_id):
//!         note = request.env['x.note'].sudo().browse(note_id)
//!         if consteq(note.access_token or '', token):
//!             return note.name
//! ```
//!
//! ## How to fix
//!
//! Compare with `consteq` or `hmac.compare_digest`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/208.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{CmpOp, Expr};

use crate::program::{ClassKind};
use crate::python;
use crate::rule::{Check, FunctionView, Report};
use crate::rules::helpers;
use crate::rules::secrets;

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-token-timing", "WEB024", Group::Web, Severity::Low, 208);

pub(super) const CHECK: Check = Check::Function(check);

fn check(view: &FunctionView<'_>, out: &mut Vec<Report>) {
    let Some(node) = view.function.node else { return };
    let in_controller = view.function.class.is_some_and(|class| view.program.class(class).kind == ClassKind::Controller);
    if !in_controller && view.function.route.is_none() {
        return;
    }
    for compare in helpers::comparisons_in(&node.body) {
        let (Some(op), Some(right)) = (compare.ops.first(), compare.comparators.first()) else { continue };
        if !matches!(op, CmpOp::Eq | CmpOp::NotEq) || python::is_literal(right) || python::is_literal(&compare.left) {
            continue;
        }
        let is_secret = |side: &Expr| {
            python::last_name(side).is_some_and(secrets::is_secret_name)
                || matches!(side, Expr::Call(call) if python::last_name(&call.func) == Some("hexdigest"))
        };
        if is_secret(&compare.left) && is_secret(right) {
            out.push(Report::at(view.site(compare), "compares a secret in a time that tells how much of it was right"));
            return;
        }
    }
}
