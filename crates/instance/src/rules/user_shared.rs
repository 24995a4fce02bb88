//! An account looks as if several people share it.
//!
//! ## What it does
//!
//! Compares the first part of the log-in with names of departments and devices: info, office, sales, warehouse and so on.
//!
//! ## Why it matters
//!
//! Nobody is answerable for what it did, its password is known to those who left, and a second factor is impossible.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 7, "login": "office@example.com"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 7, "login": "officer@example.com"}]}
//! ```
//!
//! ## How to fix
//!
//! Give each person an account; for a shared till or scanner keep its rights to the one task.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/287.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::{View, record};

pub(super) const META: RuleMeta =
    RuleMeta::new("user-shared", "USR013", Group::Users, Severity::Medium, 287).confidence(Confidence::Medium);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "groups", "names"])?;
    let mut privileged = false;
    let mut records = Vec::new();
    for user in
        view.internal().filter(|user| helpers::is_shared_name(&user.login) && !helpers::is_first_name(&user.login))
    {
        privileged |= view.is_administrator(user);
        records.push(record(user));
    }
    let message = format!("accounts with the name of a place or a department: {}", records.len());
    let report = Report::of("res.users", "active, internal, log-in is no person's", message).records(records);
    found_if_any(if privileged { report.severity(Severity::High) } else { report })
}
