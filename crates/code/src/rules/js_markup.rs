//! A script marks a value as safe HTML.
//!
//! ## What it does
//!
//! Reports `markup(value)` of OWL with a value that is not constant.
//!
//! ## Why it matters
//!
//! `markup` switches escaping off for the value wherever it is shown.
//!
//! ## Bad
//!
//! ```js
//! import { markup } from '@odoo/owl';
//! export function show(record) {
//!     return markup(record.name);
//! }
//! ```
//!
//! ## Good
//!
//! ```js
//! import { markup } from '@odoo/owl';
//! export function show(name) {
//!     return markup`<b>${name}</b>`;
//! }
//! ```
//!
//! ## How to fix
//!
//! Show the value with `t-out`, or use the tagged form, which escapes: markup`<b>${value}</b>`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/79.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::javascript::{JsEvent, JsValue};
use crate::rule::{Check, Report, ScriptView};

pub(super) const META: RuleMeta =
    RuleMeta::new("js-markup", "JS003", Group::JavaScript, Severity::High, 79);

pub(super) const CHECK: Check = Check::Script(check);

fn check(view: &ScriptView<'_>, out: &mut Vec<Report>) {
    for event in &view.script.events {
        let JsEvent::Call { callee, arguments, range } = event else { continue };
        let Some(value) = arguments.first() else { continue };
        let text = value.text();
        let safe = ["escape", "sanitize", "_t(", "renderToString", "renderToMarkup"].iter().any(|word| text.contains(word));
        if matches!(callee.as_str(), "markup" | "owl.markup" | "Markup") && !value.is_literal() && !safe {
            let report = Report::at(view.site(*range), "`markup` takes a value as safe HTML");
            let built = matches!(value, JsValue::Built(_));
            out.push(if built { report } else { report.confidence(Confidence::Medium) });
        }
    }
}
