//! Internal users log in with a password alone.
//!
//! ## What it does
//!
//! Looks at active internal users, other than administrators, that have neither two-factor authentication nor a passkey.
//!
//! ## Why it matters
//!
//! A password that was used elsewhere, too, opens the books, the customers and the mail of the company.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 9, "two_factor": false}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 9, "two_factor": true}]}
//! ```
//!
//! ## How to fix
//!
//! Demand it for all: parameter `auth_totp.policy` = `all_required` (module `auth_totp_mail_enforce`, or `auth_totp_mail` from 18.0).
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/308.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::evidence::Password;
use crate::rule::{Judged, Report, found_if_any, not_applicable};
use crate::view::{View, record, record_with};

pub(super) const META: RuleMeta = RuleMeta::new("user-no-second-factor", "USR002", Group::Users, Severity::Medium, 308);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "groups", "names"])?;
    if view.evidence.users.iter().all(|user| user.two_factor.is_none()) {
        return not_applicable("two-factor authentication is not installed, or was not read");
    }
    let careful = [
        "account.group_account_invoice",
        "account.group_account_user",
        "account.group_account_manager",
        "hr.group_hr_user",
    ];
    let mut weighty = 0;
    let mut records = Vec::new();
    for user in view.internal().filter(|user| !view.is_administrator(user)) {
        if user.two_factor == Some(true) || user.passkeys > 0 || user.password == Some(Password::None) {
            continue;
        }
        match careful.iter().find(|group| view.has_group(user, group)) {
            Some(group) => {
                weighty += 1;
                records.insert(0, record_with(user, group));
            }
            None => records.push(record(user)),
        }
    }
    let share = view.internal().filter(|user| !view.is_administrator(user)).count();
    let message = format!(
        "{} of {share} internal users have no second factor, {weighty} of them work with books or staff",
        records.len()
    );
    let report = Report::of("res.users", "active, base.group_user, no administrator, no second factor", message)
        .records(records);
    found_if_any(if weighty == 0 { report.severity(Severity::Low) } else { report })
}
