//! The superuser can log in.
//!
//! ## What it does
//!
//! Looks whether the user with id 1 is active. From 12.0 on it is archived and used by the system alone.
//!
//! ## Why it matters
//!
//! No access right and no record rule holds for it, and what it does bears no name.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 1, "active": true}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 1, "active": false}]}
//! ```
//!
//! ```json odoo-11.0
//! {"users": [{"id": 1, "active": true}]}
//! ```
//!
//! ## How to fix
//!
//! Archive it; administrators use an account of their own.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found, not_applicable};
use crate::view::{SUPERUSER, View, record};

pub(super) const META: RuleMeta = RuleMeta::new("user-superuser-active", "USR017", Group::Users, Severity::High, 250);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users"])?;
    if view.series() < 12 {
        return not_applicable("up to 11.0 the user with id 1 is the administrator");
    }
    match view.user(SUPERUSER) {
        Some(user) if user.active => found(
            Report::of("res.users", "id 1, active", "the superuser is active and can log in")
                .records(vec![record(user)]),
        ),
        _ => FINE,
    }
}
