//! Many users have the technical features.
//!
//! ## What it does
//!
//! Counts active internal users with `base.group_no_one`, where the group of internal users does not bring it to everybody.
//!
//! ## Why it matters
//!
//! Access rows that Odoo ships for this group become real for them, and menus invite to changes that nobody understands.
//!
//! ## Bad
//!
//! ```json
//! {"groups": [{"id": 1, "implies": []}], "users": [{"id": 7, "groups": [1, 9]}, {"id": 8, "groups": [1, 9]}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 7, "groups": [1, 9]}]}
//! ```
//!
//! ## How to fix
//!
//! Take the group from people who do not configure Odoo.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found_if_any, not_applicable};
use crate::view::{INTERNAL, View, record};

pub(super) const META: RuleMeta = RuleMeta::new("user-technical-features", "USR010", Group::Users, Severity::Low, 250);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "groups", "names"])?;
    let (Some(group), Some(internal)) = (view.group("base.group_no_one"), view.group(INTERNAL)) else {
        return not_applicable("the group is not there");
    };
    if view.closure(internal).contains(&group) {
        return not_applicable("every internal user has the group: it says nothing");
    }
    let ordinary: Vec<_> = view.internal().filter(|user| !view.is_administrator(user)).collect();
    let records: Vec<_> =
        ordinary.iter().filter(|user| view.has_group(user, "base.group_no_one")).map(|user| record(user)).collect();
    if records.len() * 10 <= ordinary.len() {
        return FINE;
    }
    let message = format!("{} of {} ordinary users have the technical features", records.len(), ordinary.len());
    found_if_any(Report::of("res.users", "active, base.group_no_one", message).records(records))
}
