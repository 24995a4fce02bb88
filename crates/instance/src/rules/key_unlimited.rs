//! An API key is for everything.
//!
//! ## What it does
//!
//! Looks at keys without a scope.
//!
//! ## Why it matters
//!
//! It works wherever Odoo takes keys, not for RPC alone.
//!
//! ## Bad
//!
//! ```json
//! {"keys": [{"id": 1, "name": "shop", "user": 7, "created": 1789000000, "expires": 1795000000}]}
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
//! Make the key in the user's preferences, which gives it the scope `rpc`, and delete this one.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("key-unlimited", "KEY004", Group::Keys, Severity::Low, 250);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["keys", "users"])?;
    let mut records = Vec::new();
    for key in helpers::live_keys(view).filter(|key| key.scope.is_none()) {
        records.push((key.id, format!("{} of {}", key.name, view.login(key.user))));
    }
    let message = format!("API keys without a scope: {}", records.len());
    found_if_any(Report::of("res.users.apikeys", "no scope", message).records(records))
}
