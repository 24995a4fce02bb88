//! A route answers with a trace or the text of an exception.
//!
//! ## What it does
//!
//! Reports routes that return `traceback.format_exc()`, `str(e)` or `repr(e)` of a broad `except`.
//!
//! ## Why it matters
//!
//! Paths, queries, versions and values of the server help whoever probes it.
//!
//! ## Bad
//!
//! ```python
//! import traceback
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/run', type='json', auth='public')
//!     def run(self):
//!         try:
//!             return self._run()
//!         except Exception:
//!             return {'error': traceback.format_exc()}
//! ```
//!
//! ## Good
//!
//! ```python
//! import logging
//! _logger = logging.getLogger(__name__)
//! from odoo import http
//! from odoo.http import request
//!
//! class Main(http.Controller):
//!
//!     @http.route('/x/run', type='json', auth='public')
//!     def run(self):
//!         try:
//!             return self._run()
//!         except Exception:
//!             _logger.exception('run failed')
//!             return {'error': 'failed'}
//! ```
//!
//! ## How to fix
//!
//! Log the exception and answer with a neutral text.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/209.html>

use castellan_model::{Group, RuleMeta, Severity};
use ruff_python_ast::{ExceptHandler, Stmt};

use crate::python;
use crate::rule::{Check, Report, RouteView};
use crate::rules::helpers;

pub(super) const META: RuleMeta =
    RuleMeta::new("ctl-info-leak-trace", "WEB028", Group::Web, Severity::Low, 209);

pub(super) const CHECK: Check = Check::Route(check);

fn check(view: &RouteView<'_>) -> Option<Report> {
    let node = view.function.node?;
    for statement in helpers::statements_in(&node.body) {
        let Stmt::Try(attempt) = statement else { continue };
        for handler in &attempt.handlers {
            let ExceptHandler::ExceptHandler(handler) = handler;
            let broad = handler.type_.as_deref().is_none_or(|kind| matches!(python::last_name(kind), Some("Exception" | "BaseException")));
            let name = handler.name.as_ref().map(|name| name.as_str());
            for value in helpers::returns_in(&handler.body) {
                for call in helpers::calls_within(value) {
                    let called = python::last_name(&call.func).unwrap_or_default();
                    let shown = call.arguments.args.first().and_then(python::last_name);
                    let leaks = matches!(called, "format_exc" | "print_exc") || (matches!(called, "str" | "repr") && broad && name.is_some() && shown == name);
                    if leaks {
                        return Some(Report::at(view.program.site(view.function.unit, call), format!("`{}` answers with the text of an exception", view.path())));
                    }
                }
            }
        }
    }
    None
}
