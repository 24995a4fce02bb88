//! Several integrations use one account.
//!
//! ## What it does
//!
//! Counts the API keys of each user. Three or more are taken for several programs, and two that are both older than a month: before that one
//! may be on its way to replace the other.
//!
//! ## Why it matters
//!
//! Each program has the rights that all of them need together, and the log cannot tell which one did it.
//!
//! ## Bad
//!
//! ```json
//! {"keys": [{"id": 1, "name": "shop", "user": 7, "created": 1789000000, "scope": "rpc", "expires": 1795000000}, {"id": 2, "name": "bank", "user": 7, "created": 1789000000, "scope": "rpc", "expires": 1795000000}, {"id": 3, "name": "till", "user": 7, "created": 1789000000, "scope": "rpc", "expires": 1795000000}]}
//! ```
//!
//! ```json
//! {"keys": [{"id": 1, "name": "shop", "user": 7, "created": 1780000000, "scope": "rpc", "expires": 1795000000}, {"id": 2, "name": "bank", "user": 7, "created": 1780000000, "scope": "rpc", "expires": 1795000000}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"keys": [{"id": 1, "name": "shop", "user": 7, "created": 1789000000, "scope": "rpc", "expires": 1795000000}, {"id": 2, "name": "shop 2", "user": 7, "created": 1789000000, "scope": "rpc", "expires": 1795000000}]}
//! ```
//!
//! ## How to fix
//!
//! One user for each integration, with the rights that it needs.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/287.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("key-account-shared", "KEY006", Group::Keys, Severity::Low, 287);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["keys", "users"])?;
    let mut reports = Vec::new();
    for user in view.active() {
        let own: Vec<_> =
            helpers::live_keys(view).filter(|key| key.user == user.id).map(|key| (key.id, key.name.clone())).collect();
        // Two at a time for some weeks are a rotation.
        let settled =
            helpers::live_keys(view).filter(|key| key.user == user.id && view.days_since(key.created) > 30).count();
        if own.len() >= 3 || settled >= 2 {
            let message = format!("API keys of {}: {}", user.login, own.len());
            reports.push(
                Report::of("res.users.apikeys", "two or more of one owner", message)
                    .scope(user.login.clone())
                    .records(own),
            );
        }
    }
    Ok(reports)
}
