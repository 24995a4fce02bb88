//! An account for tests is active.
//!
//! ## What it does
//!
//! Compares log-ins and names with test, demo, dummy, tmp and the like.
//!
//! ## Why it matters
//!
//! Such accounts have simple passwords that many know, and wide rights so that the test works.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 7, "login": "test2@example.com"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 7, "login": "tester-relations@example.com"}]}
//! ```
//!
//! ## How to fix
//!
//! Archive it; test on a copy.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/489.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::{View, record};

pub(super) const META: RuleMeta =
    RuleMeta::new("user-test", "USR014", Group::Users, Severity::Medium, 489).confidence(Confidence::Medium);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "groups", "names"])?;
    let mut privileged = false;
    let mut records = Vec::new();
    for user in view.active().filter(|user| helpers::is_test_name(&user.login) && !helpers::is_demo(view, user)) {
        privileged |= view.is_administrator(user);
        records.push(record(user));
    }
    let message = format!("active accounts for tests: {}", records.len());
    let report = Report::of("res.users", "active, log-in of a test", message).records(records);
    found_if_any(if privileged { report.severity(Severity::High) } else { report })
}
