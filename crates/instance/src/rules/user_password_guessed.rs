//! A password is one that everybody tries first.
//!
//! ## What it does
//!
//! With `--guess-passwords`: tries some words against the stored hashes, offline, through SQL: the log-in and what is made of it, the name
//! of the database, the most common passwords; for administrators some fifty more. Which one fitted is not kept and not told.
//!
//! ## Why it matters
//!
//! Scripts try these at every Odoo they find, a few an hour, below every limit.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 7, "guessed": true}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 7, "guessed": false}]}
//! ```
//!
//! ## How to fix
//!
//! Set a random password now, and look at what the account did. Demand length and a second factor.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/521.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, Unjudged, found_if_any};
use crate::view::{View, record, record_with};

pub(super) const META: RuleMeta =
    RuleMeta::new("user-password-guessed", "USR024", Group::Users, Severity::Critical, 521);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users"])?;
    if view.evidence.users.iter().all(|user| user.guessed.is_none()) {
        return Err(Unjudged::NotAssessed("passwords were not tried: add `--guess-passwords` to `--sql`".into()));
    }
    let mut records = Vec::new();
    for user in view.active().filter(|user| user.guessed == Some(true)) {
        if view.is_administrator(user) {
            records.insert(0, record_with(user, "administrator"));
        } else {
            records.push(record(user));
        }
    }
    let message = format!("passwords that everybody tries first: {}", records.len());
    found_if_any(Report::of("res.users", "active, password among those tried", message).records(records))
}
