//! An integration uses the account of a person.
//!
//! ## What it does
//!
//! Looks at API keys whose owner logs in with the form, too, and is no administrator (those are told of anyway).
//!
//! ## Why it matters
//!
//! The program stops when the person leaves, and what it does looks as if the person had done it.
//!
//! ## Bad
//!
//! ```json
//! {"keys": [{"id": 1, "name": "shop", "user": 8, "created": 1780000000, "scope": "rpc", "expires": 1795000000}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"keys": [{"id": 1, "name": "shop", "user": 8, "created": 1780000000, "scope": "rpc", "expires": 1795000000}], "users": [{"id": 8, "password": "none"}]}
//! ```
//!
//! ## How to fix
//!
//! Make a user for the integration, without a password.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use super::helpers;
use crate::evidence::Password;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("key-of-person", "KEY007", Group::Keys, Severity::Low, 250).confidence(Confidence::Medium);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["keys", "users", "groups", "names"])?;
    let mut records = Vec::new();
    for key in helpers::live_keys(view) {
        let Some(user) = view.user(key.user).filter(|user| user.active && !view.is_administrator(user)) else {
            continue;
        };
        // `authenticate` of a program counts as a log-in; a second factor is a sign of a person.
        if user.two_factor == Some(true) && user.last_login.is_some() && user.password != Some(Password::None) {
            records.push((key.id, format!("{} of {}", key.name, user.login)));
        }
    }
    let message = format!("API keys of accounts that people use: {}", records.len());
    found_if_any(Report::of("res.users.apikeys", "owner logs in with a second factor", message).records(records))
}
