//! A customer has the rights of an employee.
//!
//! ## What it does
//!
//! Looks at active users with the portal or public group that have an internal or administrative group, too.
//!
//! ## Why it matters
//!
//! A customer, or everybody on the internet with the public user, reads and changes what is meant for employees.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 20, "login": "customer@example.org", "active": true, "share": true, "groups": [4, 8], "last_login": 1789900000, "two_factor": true}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 20, "login": "customer@example.org", "active": true, "share": true, "groups": [4], "last_login": 1789900000, "two_factor": true}]}
//! ```
//!
//! ## How to fix
//!
//! Remove the internal groups from the user; look at the group that brought them.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/269.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::{INTERNAL, PORTAL, PUBLIC, RIGHTS, SYSTEM, View, record_with};

pub(super) const META: RuleMeta =
    RuleMeta::new("user-portal-internal", "USR018", Group::Users, Severity::Critical, 269);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "groups", "names"])?;
    let mut records = Vec::new();
    for user in view.active() {
        let outside = view.has_group(user, PORTAL) || view.has_group(user, PUBLIC);
        let Some(inside) = [SYSTEM, RIGHTS, INTERNAL].into_iter().find(|group| view.has_group(user, group)) else {
            continue;
        };
        if outside {
            records.push(record_with(user, inside));
        }
    }
    let message = format!("portal or public users with groups of employees: {}", records.len());
    found_if_any(
        Report::of("res.users", "active, base.group_portal or base.group_public with base.group_user", message)
            .records(records),
    )
}
