//! The first administrator is still called `admin`.
//!
//! ## What it does
//!
//! Looks at the active user behind the external id `base.user_admin` (id 2 otherwise), its log-in and its address.
//!
//! ## Why it matters
//!
//! Half of the work of guessing is done: every script tries this name first, and nobody knows which person used it.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 2, "login": "admin"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 2, "login": "admin", "active": false}]}
//! ```
//!
//! ```json
//! {"users": [{"id": 2, "login": "first.administrator@example.com"}]}
//! ```
//!
//! ## How to fix
//!
//! Give a named person an administrator account with two-factor authentication, log in with it, and archive `admin` then.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1392.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::evidence::User;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::{View, record_with};

pub(super) const META: RuleMeta = RuleMeta::new("user-default-admin", "USR004", Group::Users, Severity::Medium, 1392);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users"])?;
    let is_first = |user: &&User| user.id == 2 || view.name("res.users", user.id) == Some("base.user_admin");
    let named = |user: &&User| matches!(user.login.to_lowercase().as_str(), "admin" | "administrator" | "odoo");
    let found_user = view.active().find(|user| named(user) && (is_first(user) || view.is_administrator(user)));
    let Some(user) = found_user else { return FINE };
    let untouched = user.email == "admin@example.com" || user.email == "admin@yourcompany.example.com";
    let remark = if untouched { "with the address that Odoo gave it" } else { "the name that every attacker tries" };
    let report =
        Report::of("res.users", "active, log-in admin", format!("the administrator `{}` is active", user.login))
            .records(vec![record_with(user, remark)]);
    found(if untouched { report.severity(Severity::High) } else { report })
}
