//! A script holds a key.
//!
//! ## What it does
//!
//! Reports keys in the published form of their issuers, and secrets assigned as literals, in assets.
//!
//! ## Why it matters
//!
//! Assets are public: every visitor reads the key.
//!
//! ## Bad
//!
//! ```js
//! const client = {};
//! client.api_secret = '9f8e7d6c5b4a39281706';
//! ```
//!
//! ## Good
//!
//! ```js
//! const client = {};
//! client.site_key = '9f8e7d6c5b4a39281706';
//! ```
//!
//! ## How to fix
//!
//! Keep the key on the server and call the service from there; revoke the one that was shipped.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/798.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::javascript::{JsEvent, JsValue};
use crate::rule::{Check, Report, ScriptView};
use crate::rules::secrets;

pub(super) const META: RuleMeta =
    RuleMeta::new("js-secret", "JS007", Group::JavaScript, Severity::High, 798);

pub(super) const CHECK: Check = Check::Script(check);

fn check(view: &ScriptView<'_>, out: &mut Vec<Report>) {
    for event in &view.script.events {
        match event {
            JsEvent::Assign { target, value: JsValue::Literal(text), range } => {
                let name = target.rsplit('.').next().unwrap_or_default();
                let secret = secrets::is_secret_name(name) && secrets::looks_like_secret(text);
                if secret || secrets::known_key(text).is_some() {
                    out.push(Report::at(view.site(*range), format!("`{name}` ships a secret to every visitor")).mask(*range));
                }
            }
            JsEvent::Call { callee, arguments, range } => {
                for argument in arguments {
                    if let JsValue::Literal(text) = argument
                        && let Some(what) = secrets::known_key(text)
                    {
                        out.push(Report::at(view.site(*range), format!("`{callee}` ships {what} to every visitor")).mask(*range));
                    }
                }
            }
            JsEvent::Assign { .. } => {}
        }
    }
}
