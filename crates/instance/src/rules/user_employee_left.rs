//! The account of somebody who left is active.
//!
//! ## What it does
//!
//! Looks at active users whose employee record is archived.
//!
//! ## Why it matters
//!
//! The person still knows the password, and has every reason or none to use it.
//!
//! ## Bad
//!
//! ```json
//! {"left_employees": [{"id": 3, "user": 7}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"left_employees": [{"id": 3, "user": 7}], "users": [{"id": 7, "active": false}]}
//! ```
//!
//! ## How to fix
//!
//! Archive the user, revoke its API keys, and make it a step of leaving.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1188.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any, not_applicable};
use crate::view::{View, record};

pub(super) const META: RuleMeta = RuleMeta::new("user-employee-left", "USR019", Group::Users, Severity::High, 1188);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "left_employees"])?;
    if !view.has_module("hr") && view.evidence.left_employees.is_empty() {
        return not_applicable("the module hr is not installed");
    }
    let records: Vec<_> = view
        .active()
        .filter(|user| view.evidence.left_employees.iter().any(|one| one.user == user.id))
        .map(record)
        .collect();
    let message = format!("active users of archived employees: {}", records.len());
    found_if_any(Report::of("res.users", "active, employee archived", message).records(records))
}
