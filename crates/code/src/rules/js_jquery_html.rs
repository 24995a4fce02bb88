//! jQuery puts built text into the page as HTML.
//!
//! ## What it does
//!
//! Reports `.html()`, `.append()`, `.prepend()`, `.before()`, `.after()` and `$('<...' + x)` with text that was
//! built from a value.
//!
//! ## Why it matters
//!
//! A script in the value runs in the session of whoever opens the page.
//!
//! ## Bad
//!
//! ```js
//! export function show($el, name) {
//!     $el.html('<b>' + name + '</b>');
//! }
//! ```
//!
//! ## Good
//!
//! ```js
//! export function show($el, name) {
//!     $el.text(name);
//!     $el.find('#row_' + name).remove();
//! }
//! ```
//!
//! ## How to fix
//!
//! Use `.text()`, or escape with `_.escape` or `escape` of `@web/core/utils/strings`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/79.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::javascript::{JsEvent, JsValue};
use crate::rule::{Check, Report, ScriptView};

pub(super) const META: RuleMeta =
    RuleMeta::new("js-jquery-html", "JS002", Group::JavaScript, Severity::High, 79);

pub(super) const CHECK: Check = Check::Script(check);

fn check(view: &ScriptView<'_>, out: &mut Vec<Report>) {
    for event in &view.script.events {
        let JsEvent::Call { callee, arguments, range } = event else { continue };
        let method = callee.rsplit('.').next().unwrap_or_default();
        // `.html(data.name)`: a member of some data, and not what `.html()` of another element gave.
        if let ("html", Some(JsValue::Other(text))) = (method, arguments.first())
            && callee.contains('.')
            && text.contains('.')
            && !text.contains('(')
            && !["html", "template", "escape"].iter().any(|word| text.to_ascii_lowercase().ends_with(word))
        {
            let report = Report::at(view.site(*range), format!("`{callee}` takes `{text}` as HTML"));
            out.push(report.confidence(Confidence::Medium));
            continue;
        }
        let Some(JsValue::Built(text)) = arguments.first() else { continue };
        let makes = matches!(method, "html" | "append" | "prepend" | "before" | "after" | "replaceWith") && callee.contains('.') || matches!(callee.as_str(), "$" | "jQuery");
        let html = text.contains('<');
        let escaped = text.contains("escape(") || text.contains("renderToString") || text.contains("qweb.render");
        if makes && html && !escaped {
            out.push(Report::at(view.site(*range), format!("`{callee}` takes built text as HTML")));
        }
    }
}
