//! A token is kept in the browser's storage.
//!
//! ## What it does
//!
//! Reports `localStorage.setItem` and `sessionStorage.setItem` with the name of a secret.
//!
//! ## Why it matters
//!
//! Every script of the page reads the storage, and it outlives the session.
//!
//! ## Bad
//!
//! ```js
//! localStorage.setItem('access_token', token);
//! ```
//!
//! ## Good
//!
//! ```js
//! localStorage.setItem('theme', theme);
//! ```
//!
//! ## How to fix
//!
//! Use a cookie that scripts cannot read (`HttpOnly`).
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/922.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::javascript::{JsEvent, JsValue};
use crate::rule::{Check, Report, ScriptView};
use crate::rules::secrets;

pub(super) const META: RuleMeta =
    RuleMeta::new("js-storage", "JS008", Group::JavaScript, Severity::Low, 922);

pub(super) const CHECK: Check = Check::Script(check);

fn check(view: &ScriptView<'_>, out: &mut Vec<Report>) {
    for event in &view.script.events {
        let JsEvent::Call { callee, arguments, range } = event else { continue };
        let stores = callee.ends_with("localStorage.setItem") || callee.ends_with("sessionStorage.setItem");
        if let (true, Some(JsValue::Literal(name))) = (stores, arguments.first())
            && secrets::is_secret_name(name)
        {
            out.push(Report::at(view.site(*range), format!("`{name}` is kept where every script reads it")));
        }
    }
}
