//! An internal user has a private or foreign address.
//!
//! ## What it does
//!
//! Compares the mail domain of internal users with those of the companies and of most users.
//!
//! ## Why it matters
//!
//! The link that resets the password goes to a mailbox that the company does not control, and stays there after the person left.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 7, "login": "x@gmail.com", "email": "x@gmail.com"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 7, "email": "x@example.com"}]}
//! ```
//!
//! ## How to fix
//!
//! Use an address of the company; give partners and freelancers an account with an end and few rights.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/286.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any, not_applicable};
use crate::view::{View, record_with};

pub(super) const META: RuleMeta =
    RuleMeta::new("user-outside-mail", "USR016", Group::Users, Severity::Low, 286).confidence(Confidence::Medium);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "groups", "names", "companies", "addresses"])?;
    let own = helpers::own_domains(view);
    if own.is_empty() {
        return not_applicable("no company has an address");
    }
    let mut privileged = false;
    let mut records = Vec::new();
    for user in view.internal() {
        let address = if user.email.contains('@') { &user.email } else { &user.login };
        let Some((_, domain)) = address.rsplit_once('@') else { continue };
        if own.contains(&domain.to_lowercase()) {
            continue;
        }
        privileged |= view.is_administrator(user);
        records.push(record_with(user, address));
    }
    let message = format!(
        "{} internal users have an address outside {}",
        records.len(),
        own.iter().cloned().collect::<Vec<_>>().join(", ")
    );
    let report = Report::of("res.users", "active, internal, foreign mail domain", message).records(records);
    found_if_any(if privileged { report.severity(Severity::Medium) } else { report })
}
