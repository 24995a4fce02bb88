//! An account was never used.
//!
//! ## What it does
//!
//! Looks at active users made more than 30 days ago that never logged in. Integrations with an API key are left out.
//!
//! ## Why it matters
//!
//! Its first password or invitation is still lying in a mailbox, and whoever finds it is let in.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 7, "last_login": null, "created": 1780000000}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 7, "last_login": null, "created": 1789900000}]}
//! ```
//!
//! ## How to fix
//!
//! Archive the user, and invite anew when the person comes.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1188.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::{View, date, record_with};

pub(super) const META: RuleMeta = RuleMeta::new("user-never-seen", "USR012", Group::Users, Severity::Low, 1188);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "groups", "names"])?;
    let mut privileged = false;
    let mut records = Vec::new();
    for user in view.active().filter(|user| user.last_login.is_none() && !helpers::has_key(view, user)) {
        // The public user of a website and templates never log in.
        if user.created == 0 || view.days_since(user.created) <= 30 || helpers::is_template(view, user) {
            continue;
        }
        privileged |= view.is_administrator(user);
        records.push(record_with(user, &format!("made {}", date(user.created))));
    }
    let message = format!("active users that never logged in: {}", records.len());
    let report = Report::of("res.users", "active, no log-in, older than 30 days", message).records(records);
    found_if_any(if privileged { report.severity(Severity::Medium) } else { report })
}
