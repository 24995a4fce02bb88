//! A script goes to an address from the query.
//!
//! ## What it does
//!
//! Reports assignments to `location` from search parameters or the hash.
//!
//! ## Why it matters
//!
//! A link to your own server leads to a copy of its login page, or runs a `javascript:` address.
//!
//! ## Bad
//!
//! ```js
//! window.location.href = new URLSearchParams(window.location.search).get('next');
//! ```
//!
//! ## Good
//!
//! ```js
//! window.location.href = '/web/login';
//! ```
//!
//! ## How to fix
//!
//! Fix the path, or check that the address keeps to your own origin.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/601.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::javascript::{JsEvent, JsValue};
use crate::rule::{Check, Report, ScriptView};

pub(super) const META: RuleMeta =
    RuleMeta::new("js-redirect", "JS006", Group::JavaScript, Severity::Medium, 601);

pub(super) const CHECK: Check = Check::Script(check);

fn check(view: &ScriptView<'_>, out: &mut Vec<Report>) {
    for event in &view.script.events {
        let (value, range) = match event {
            JsEvent::Assign { target, value, range } if matches!(target.rsplit('.').next(), Some("location")) || target.ends_with("location.href") => (value, *range),
            JsEvent::Call { callee, arguments, range } if callee.ends_with("location.assign") || callee.ends_with("location.replace") => match arguments.first() {
                Some(value) => (value, *range),
                None => continue,
            },
            _ => continue,
        };
        let text = value.text();
        let query = ["URLSearchParams", "location.search", "location.hash", "searchParams", "getParam("].iter().any(|word| text.contains(word));
        if query && matches!(value, JsValue::Other(_)) {
            out.push(Report::at(view.site(range), "the target of the redirect comes from the address"));
        }
    }
}
