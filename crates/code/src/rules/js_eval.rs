//! A script evaluates text as code.
//!
//! ## What it does
//!
//! Reports `eval`, `new Function` and timers with text that is not constant.
//!
//! ## Why it matters
//!
//! Whoever chooses the text runs code in the session of whoever opens the page.
//!
//! ## Bad
//!
//! ```js
//! export function run(code) {
//!     return eval(code);
//! }
//! ```
//!
//! ## Good
//!
//! ```js
//! export function run(text) {
//!     setTimeout(() => run(text), 10);
//!     return JSON.parse(text);
//! }
//! ```
//!
//! ## How to fix
//!
//! Use `JSON.parse`, or `evaluateExpr` of `@web/core/py_js/py` for domains.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/95.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::javascript::{JsEvent, JsValue};
use crate::rule::{Check, Report, ScriptView};

pub(super) const META: RuleMeta =
    RuleMeta::new("js-eval", "JS004", Group::JavaScript, Severity::High, 95);

pub(super) const CHECK: Check = Check::Script(check);

fn check(view: &ScriptView<'_>, out: &mut Vec<Report>) {
    for event in &view.script.events {
        let JsEvent::Call { callee, arguments, range } = event else { continue };
        let dangerous = match callee.as_str() {
            "eval" | "window.eval" | "new Function" | "Function" => arguments.iter().any(|value| !value.is_literal()),
            "setTimeout" | "setInterval" | "window.setTimeout" | "window.setInterval" => matches!(arguments.first(), Some(JsValue::Built(_))),
            _ => false,
        };
        if dangerous {
            out.push(Report::at(view.site(*range), format!("`{callee}` runs text as code")));
        }
    }
}
