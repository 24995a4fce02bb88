//! A script writes a value into the page as HTML.
//!
//! ## What it does
//!
//! Reports `innerHTML`, `outerHTML`, `insertAdjacentHTML` and `document.write` with a value that is not constant.
//!
//! ## Why it matters
//!
//! A script in the value runs in the session of whoever opens the page.
//!
//! ## Bad
//!
//! ```js
//! export function show(el, name) {
//!     el.innerHTML = `<b>${name}</b>`;
//! }
//! ```
//!
//! ## Good
//!
//! ```js
//! export function show(el, name) {
//!     el.textContent = name;
//!     el.innerHTML = '';
//! }
//! ```
//!
//! ## How to fix
//!
//! Use `textContent`, or an OWL template.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/79.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::javascript::{JsEvent, JsValue};
use crate::rule::{Check, Report, ScriptView};

pub(super) const META: RuleMeta =
    RuleMeta::new("js-innerhtml", "JS001", Group::JavaScript, Severity::High, 79);

pub(super) const CHECK: Check = Check::Script(check);

fn check(view: &ScriptView<'_>, out: &mut Vec<Report>) {
    for event in &view.script.events {
        let (value, range, name) = match event {
            JsEvent::Assign { target, value, range } if target.ends_with(".innerHTML") || target.ends_with(".outerHTML") => (Some(value), *range, target.as_str()),
            JsEvent::Call { callee, arguments, range } if callee.ends_with(".insertAdjacentHTML") => (arguments.get(1), *range, callee.as_str()),
            JsEvent::Call { callee, arguments, range } if matches!(callee.as_str(), "document.write" | "document.writeln") => (arguments.first(), *range, callee.as_str()),
            _ => continue,
        };
        let Some(value) = value else { continue };
        let text = value.text();
        let rendered = ["renderToString", "renderToFragment", "escape(", "escapeHTML", "sanitize", "DOMPurify", ".innerHTML", ".outerHTML", "qweb.render"].iter().any(|word| text.contains(word));
        if !value.is_literal() && !rendered {
            let report = Report::at(view.site(range), format!("`{name}` takes a value as HTML"));
            let built = matches!(value, JsValue::Built(_));
            out.push(if built { report } else { report.confidence(Confidence::Medium) });
        }
    }
}
