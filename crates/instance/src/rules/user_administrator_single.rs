//! There is one administrator only.
//!
//! ## What it does
//!
//! Counts active users with the group of settings.
//!
//! ## Why it matters
//!
//! When that person is ill or loses the second factor, nobody can help without the database.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 6, "active": false}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 6, "active": true}]}
//! ```
//!
//! ## How to fix
//!
//! Give a second named person an administrator account for emergencies.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/654.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::{SYSTEM, View, record};

pub(super) const META: RuleMeta =
    RuleMeta::new("user-administrator-single", "USR008", Group::Users, Severity::Low, 654);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "groups", "names"])?;
    let records: Vec<_> = view.active().filter(|user| view.has_group(user, SYSTEM)).map(record).collect();
    if records.len() != 1 {
        return FINE;
    }
    found(
        Report::of("res.users", "active, with base.group_system", "one person alone can administer this database")
            .records(records),
    )
}
