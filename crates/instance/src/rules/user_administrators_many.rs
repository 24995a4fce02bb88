//! There are many administrators.
//!
//! ## What it does
//!
//! Counts active users with the groups of settings or access rights. More than three, and more than one in ten internal users, are many.
//!
//! ## Why it matters
//!
//! Each of these accounts is worth as much to an attacker as all of them; nobody can say who changed what.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 7, "groups": [2]}, {"id": 8, "groups": [2]}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 8, "groups": [1]}]}
//! ```
//!
//! ## How to fix
//!
//! Keep two or three administrators with names; give the others the rights of their application, and administrators an everyday account without
//! the group.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::{View, record};

pub(super) const META: RuleMeta =
    RuleMeta::new("user-administrators-many", "USR007", Group::Users, Severity::Medium, 250);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "groups", "names"])?;
    let records: Vec<_> = view.administrators().map(record).collect();
    let internal = view.internal().count().max(1);
    if records.len() <= 3 || records.len() * 10 <= internal {
        return FINE;
    }
    let message = format!("{} of {internal} internal users are administrators", records.len());
    found(Report::of("res.users", "active, with base.group_system or base.group_erp_manager", message).records(records))
}
