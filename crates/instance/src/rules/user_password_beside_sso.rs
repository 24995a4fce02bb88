//! Users of single sign-on have a password, too.
//!
//! ## What it does
//!
//! Looks at active users bound to a provider of OAuth that still have a password, as SQL shows it.
//!
//! ## Why it matters
//!
//! The rules of the provider (second factor, leaving, alerts) are passed by with the password that lies beside.
//!
//! ## Bad
//!
//! ```json
//! {"oauth": [{"id": 1, "name": "Company", "enabled": true, "authorize": "https://id.example.com/a", "validate": "https://id.example.com/v", "has_client": true}], "users": [{"id": 7, "oauth": 1}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"oauth": [{"id": 1, "name": "Company", "enabled": true, "authorize": "https://id.example.com/a", "validate": "https://id.example.com/v", "has_client": true}], "users": [{"id": 7, "oauth": 1, "password": "none"}]}
//! ```
//!
//! ## How to fix
//!
//! Empty the passwords of these users; keep one administrator with password and second factor for emergencies.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/287.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::evidence::Password;
use crate::rule::{Judged, Report, found_if_any, not_applicable};
use crate::view::{View, record};

pub(super) const META: RuleMeta = RuleMeta::new("user-password-beside-sso", "USR023", Group::Users, Severity::Low, 287);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "oauth"])?;
    helpers::passwords_are_known(view)?;
    if !view.evidence.oauth.iter().any(|one| one.enabled) {
        return not_applicable("no provider is in use");
    }
    let records: Vec<_> = view
        .active()
        .filter(|user| user.oauth.is_some() && user.password.is_some_and(|password| password != Password::None))
        .map(record)
        .collect();
    let message = format!("users of single sign-on with a password, too: {}", records.len());
    found_if_any(Report::of("res.users", "active, with a provider and a password", message).records(records))
}
