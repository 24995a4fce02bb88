//! A password is hashed with few rounds.
//!
//! ## What it does
//!
//! Looks at the number of rounds of the PBKDF2 hashes, read through SQL. Odoo hashes anew at the next log-in, so that few rounds mean an old
//! hash.
//!
//! ## Why it matters
//!
//! From a stolen copy of the database such passwords are guessed twenty times faster than those of a new series.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 7, "password": {"hashed": 25000}}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 7, "password": {"hashed": 600000}}]}
//! ```
//!
//! ```json odoo-14.0
//! {"users": [{"id": 7, "password": {"hashed": 25000}}]}
//! ```
//!
//! ## How to fix
//!
//! Archive users that never log in, and ask the others to log in once.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/916.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::evidence::Password;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::{View, record_with};

pub(super) const META: RuleMeta = RuleMeta::new("user-password-weak-hash", "USR006", Group::Users, Severity::Low, 916);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users"])?;
    helpers::passwords_are_known(view)?;
    // What each series sets: 25,000 by passlib up to 15.0, then 350,000, then 600,000.
    let least = match view.series() {
        0..=15 => 25_000,
        16 => 350_000,
        _ => 600_000,
    };
    let records: Vec<_> = view
        .active()
        .filter_map(|user| match user.password {
            Some(Password::Hashed(rounds)) if rounds < least => Some(record_with(user, &format!("{rounds} rounds"))),
            Some(Password::Other) => Some(record_with(user, "another scheme")),
            _ => None,
        })
        .collect();
    let message = format!("passwords hashed with less than {least} rounds: {}", records.len());
    found_if_any(Report::of("res.users", "active, rounds of the hash", message).records(records))
}
