//! Almost everybody may export whole tables.
//!
//! ## What it does
//!
//! Counts internal users with the group that may export (14.0 and later). More than half, and more than five, are many.
//!
//! ## Why it matters
//!
//! A stolen account, or somebody who leaves, takes all customers along with three clicks.
//!
//! ## Bad
//!
//! ```json
//! {"groups": [{"id": 1, "implies": [6, 9]}], "users": [{"id": 30, "login": "a@example.com", "groups": [1], "active": true, "two_factor": true, "last_login": 1789900000}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 30, "login": "a@example.com", "groups": [1], "active": true, "two_factor": true, "last_login": 1789900000}]}
//! ```
//!
//! ## How to fix
//!
//! Take "Access to export feature" out of the rights of new users, and give it to those who need it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/359.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found, not_applicable};
use crate::view::{View, record};

pub(super) const META: RuleMeta = RuleMeta::new("export-for-everybody", "RGT017", Group::Rights, Severity::Low, 359);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "groups", "names"])?;
    if view.group("base.group_allow_export").is_none() {
        return not_applicable("the series has no group for exports");
    }
    let all: Vec<_> = view.internal().filter(|user| !view.is_administrator(user)).collect();
    let records: Vec<_> =
        all.iter().filter(|user| view.has_group(user, "base.group_allow_export")).map(|user| record(user)).collect();
    if records.len() * 2 <= all.len() || records.len() < 4 {
        return FINE;
    }
    let message = format!("{} of {} ordinary users may export", records.len(), all.len());
    found(Report::of("res.users", "active, base.group_allow_export", message).records(records))
}
