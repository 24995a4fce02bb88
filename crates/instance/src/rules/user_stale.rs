//! An account has not been used for months.
//!
//! ## What it does
//!
//! Looks at active users whose last log-in is more than 90 days ago. Integrations with an API key leave no trace of log-ins and are left
//! out, unless they are administrators.
//!
//! ## Why it matters
//!
//! Nobody notices when it is used by somebody else, and its password is an old one.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 7, "last_login": 1780000000}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 7, "last_login": 1785000000}]}
//! ```
//!
//! ```json
//! {"users": [{"id": 7, "last_login": 1780000000}], "keys": [{"id": 1, "user": 7, "created": 1785000000, "scope": "rpc", "name": "shop", "expires": 1795000000}]}
//! ```
//!
//! ## How to fix
//!
//! Archive the user; nothing is lost, and it can be brought back.
//!
//! ## Limits
//!
//! Odoo keeps the last log-in by form or `authenticate` only; `execute_kw` and JSON-2 leave no trace.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1188.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::{View, date, record_with};

pub(super) const META: RuleMeta = RuleMeta::new("user-stale", "USR011", Group::Users, Severity::Medium, 1188);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "groups", "names"])?;
    let mut privileged = false;
    let mut records = Vec::new();
    for user in view.active().filter(|user| view.is_administrator(user) || !helpers::has_key(view, user)) {
        let Some(last) = user.last_login.filter(|last| view.days_since(*last) > 90) else { continue };
        let remark = format!("last seen {}", date(last));
        if view.is_administrator(user) {
            privileged = true;
            records.insert(0, record_with(user, &format!("administrator, {remark}")));
        } else {
            records.push(record_with(user, &remark));
        }
    }
    let message = format!("active users not seen for 90 days: {}", records.len());
    let report = Report::of("res.users", "active, last log-in more than 90 days ago", message).records(records);
    found_if_any(if privileged { report.severity(Severity::High) } else { report })
}
