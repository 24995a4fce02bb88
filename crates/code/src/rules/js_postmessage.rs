//! Windows exchange messages without checking who speaks.
//!
//! ## What it does
//!
//! Reports message listeners that never look at `origin`, and `postMessage(data, '*')`.
//!
//! ## Why it matters
//!
//! Any page that embeds or opens yours sends orders to the listener, or receives the data.
//!
//! ## Bad
//!
//! ```js
//! window.addEventListener('message', (event) => { save(event.data); });
//! ```
//!
//! ## Good
//!
//! ```js
//! window.addEventListener('message', (event) => { if (event.origin === location.origin) { save(event.data); } });
//! ```
//!
//! ## How to fix
//!
//! Compare `event.origin` with the origin that you expect, and name it as target of `postMessage`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/346.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::javascript::{JsEvent, JsValue};
use crate::rule::{Check, Report, ScriptView};

pub(super) const META: RuleMeta =
    RuleMeta::new("js-postmessage", "JS005", Group::JavaScript, Severity::Medium, 346);

pub(super) const CHECK: Check = Check::Script(check);

fn check(view: &ScriptView<'_>, out: &mut Vec<Report>) {
    for event in &view.script.events {
        let JsEvent::Call { callee, arguments, range } = event else { continue };
        let method = callee.rsplit('.').next().unwrap_or_default();
        let message = match (method, arguments.as_slice()) {
            ("addEventListener", [JsValue::Literal(kind), JsValue::Function(body), ..])
                if kind == "message" && (callee == "window.addEventListener" || callee == "addEventListener" || callee == "self.addEventListener") && !body.contains("origin") && !body.contains(".source") =>
            {
                "this listener takes messages of every page"
            }
            ("postMessage", [_, JsValue::Literal(target), ..]) if target == "*" => "this message goes to whatever page is there",
            _ => continue,
        };
        out.push(Report::at(view.site(*range), message));
    }
}
