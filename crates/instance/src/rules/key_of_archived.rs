//! An API key of an archived user is kept.
//!
//! ## What it does
//!
//! Looks at keys whose owner is archived.
//!
//! ## Why it matters
//!
//! It does not work now, and works at once when somebody brings the user back.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 7, "active": false}], "keys": [{"id": 1, "name": "shop", "user": 7, "created": 1789000000, "scope": "rpc", "expires": 1795000000}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"keys": [{"id": 1, "name": "shop", "user": 7, "created": 1789000000, "scope": "rpc", "expires": 1795000000}]}
//! ```
//!
//! ## How to fix
//!
//! Delete the keys of a user when the user is archived.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1188.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("key-of-archived", "KEY005", Group::Keys, Severity::Low, 1188);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["keys", "users"])?;
    let mut records = Vec::new();
    for key in &view.evidence.keys {
        if view.user(key.user).is_some_and(|user| !user.active) {
            records.push((key.id, format!("{} of {}", key.name, view.login(key.user))));
        }
    }
    let message = format!("API keys of archived users: {}", records.len());
    found_if_any(Report::of("res.users.apikeys", "owner archived", message).records(records))
}
