//! An administrator logs in with a password alone.
//!
//! ## What it does
//!
//! Looks at active users with the groups of settings or access rights that have neither two-factor authentication nor a passkey.
//!
//! ## Why it matters
//!
//! Whoever learns the one password owns the system: all records, all code, all other accounts.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 6, "two_factor": false}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 6, "two_factor": false, "passkeys": 1}]}
//! ```
//!
//! ## How to fix
//!
//! Let each administrator switch on two-factor authentication in My Preferences, Security, and demand it for all with `auth_totp.policy`.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/applications/general/users/2fa.html>
//! * <https://cwe.mitre.org/data/definitions/308.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::evidence::{Password, User};
use crate::rule::{Judged, Report, Unjudged, found_if_any, not_applicable};
use crate::view::{View, record};

pub(super) const META: RuleMeta =
    RuleMeta::new("user-admin-no-second-factor", "USR001", Group::Users, Severity::High, 308);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "groups", "names"])?;
    if view.evidence.users.iter().all(|user| user.two_factor.is_none()) {
        return match view.has_module("auth_totp") {
            true => Err(Unjudged::NotAssessed("whether users have two-factor authentication was not read".into())),
            false => not_applicable("two-factor authentication is not installed: see module-second-factor-missing"),
        };
    }
    let without = |user: &&User| user.two_factor != Some(true) && user.passkeys == 0;
    // An integration that logs in with a key alone has no password to guess.
    let has_password = |user: &&User| user.password != Some(Password::None);
    let records: Vec<_> = view.administrators().filter(without).filter(has_password).map(record).collect();
    let message = match records.len() {
        1 => "1 administrator has no second factor".to_owned(),
        many => format!("{many} administrators have no second factor"),
    };
    found_if_any(
        Report::of("res.users", "active, with base.group_system or base.group_erp_manager, no second factor", message)
            .records(records),
    )
}
