//! A script loads code from another host, or from wherever a value says.
//!
//! ## What it does
//!
//! Reports `loadJS`, `loadBundle`, `$.getScript` and `import()` of foreign or computed addresses.
//!
//! ## Why it matters
//!
//! Whoever controls the host or the value runs code in the session of the user.
//!
//! ## Bad
//!
//! ```js
//! import { loadJS } from '@web/core/assets';
//! export async function start() {
//!     await loadJS('https://cdn.example.com/chart.js');
//! }
//! ```
//!
//! ## Good
//!
//! ```js
//! import { loadJS } from '@web/core/assets';
//! export async function start() {
//!     await loadJS('/x_note/static/lib/chart.js');
//! }
//! ```
//!
//! ## How to fix
//!
//! Ship the file with the module.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/829.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::javascript::{JsEvent};
use crate::rule::{Check, Report, ScriptView};

pub(super) const META: RuleMeta =
    RuleMeta::new("js-load-foreign", "JS010", Group::JavaScript, Severity::Medium, 829);

pub(super) const CHECK: Check = Check::Script(check);

fn check(view: &ScriptView<'_>, out: &mut Vec<Report>) {
    for event in &view.script.events {
        let JsEvent::Call { callee, arguments, range } = event else { continue };
        let loads = matches!(callee.rsplit('.').next(), Some("loadJS" | "getScript" | "importScripts"));
        let Some(value) = arguments.first().filter(|_| loads) else { continue };
        let foreign = ["https://", "http://", "//"].iter().any(|scheme| value.text().trim_matches(['`', '"', '\'']).starts_with(scheme));
        if foreign {
            out.push(Report::at(view.site(*range), format!("`{callee}` runs code of another host")));
        }
    }
}
