//! A user may give rights without being called an administrator.
//!
//! ## What it does
//!
//! Looks at active users with the group "Access Rights" and without "Settings".
//!
//! ## Why it matters
//!
//! They can give themselves every group and set every password: administrators whom nobody counts.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 7, "groups": [3]}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 7, "groups": [2]}]}
//! ```
//!
//! ## How to fix
//!
//! Take the group away, or treat and count the user as an administrator.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/269.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::{RIGHTS, SYSTEM, View, record};

pub(super) const META: RuleMeta = RuleMeta::new("user-rights-manager", "USR009", Group::Users, Severity::Medium, 269);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "groups", "names"])?;
    let records: Vec<_> = view
        .active()
        .filter(|user| view.has_group(user, RIGHTS) && !view.has_group(user, SYSTEM))
        .map(record)
        .collect();
    let message = format!("users who may change users and rights without being administrators: {}", records.len());
    found_if_any(
        Report::of("res.users", "active, base.group_erp_manager without base.group_system", message).records(records),
    )
}
