//! An API key has the rights of an administrator.
//!
//! ## What it does
//!
//! Looks at the owners of API keys.
//!
//! ## Why it matters
//!
//! A key passes the second factor, lies in a file of some program, and opens everything: one leak of that file is the end.
//!
//! ## Bad
//!
//! ```json
//! {"keys": [{"id": 1, "name": "shop", "user": 2, "created": 1789000000, "scope": "rpc", "expires": 1795000000}]}
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
//! Make a user for the integration with the groups that it needs, a key of that user, and delete this one.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("key-of-administrator", "KEY001", Group::Keys, Severity::High, 250);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["keys", "users", "groups", "names"])?;
    let mut records = Vec::new();
    for key in helpers::live_keys(view) {
        if view.user(key.user).is_some_and(|user| user.active && view.is_administrator(user)) {
            records.push((key.id, format!("{} of {}", key.name, view.login(key.user))));
        }
    }
    let message = format!("API keys with the rights of an administrator: {}", records.len());
    found_if_any(Report::of("res.users.apikeys", "owner is an administrator", message).records(records))
}
