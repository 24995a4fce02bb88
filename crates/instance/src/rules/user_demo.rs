//! A user of the demo data is active.
//!
//! ## What it does
//!
//! Looks for the external ids and log-ins of the users that Odoo ships as examples: `base.user_demo` and `base.demo_user0`.
//!
//! ## Why it matters
//!
//! Their passwords are their names; everybody who knows Odoo tries them.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 20, "login": "demo", "active": true, "groups": [1], "last_login": 1789900000, "two_factor": true}], "names": {"res.users": {"20": "base.user_demo"}}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 20, "login": "demo", "active": false, "groups": [1]}], "names": {"res.users": {"20": "base.user_demo"}}}
//! ```
//!
//! ## How to fix
//!
//! Archive them, and set a random password first. A production database should be made without demo data.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1392.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::{View, record};

pub(super) const META: RuleMeta = RuleMeta::new("user-demo", "USR015", Group::Users, Severity::High, 1392);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "names"])?;
    let records: Vec<_> = view.active().filter(|user| helpers::is_demo(view, user)).map(record).collect();
    let message = format!("active users of the demo data: {}", records.len());
    found_if_any(Report::of("res.users", "active, external id or log-in of the demo data", message).records(records))
}
