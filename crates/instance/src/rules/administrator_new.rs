//! There is a new administrator since the last audit.
//!
//! ## What it does
//!
//! Looks for active administrators whose account was made after the last audit. Works with `--since DATE` or `--since REPORT.json`, the
//! report of the last audit; without it nothing is assessed.
//!
//! ## Why it matters
//!
//! A second account with all rights is the first thing that an intruder makes, and the one thing that survives a change of passwords.
//!
//! ## Bad
//!
//! ```json
//! {"since": 1789000000, "users": [{"id": 6, "created": 1789500000}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"since": 1789000000, "users": [{"id": 7, "created": 1789500000}]}
//! ```
//!
//! ## How to fix
//!
//! Ask who made the account and why; archive it when nobody knows.
//!
//! ## References
//!
//! * <https://attack.mitre.org/techniques/T1136/>
//! * <https://cwe.mitre.org/data/definitions/269.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::{View, date, record_with};

pub(super) const META: RuleMeta = RuleMeta::new("administrator-new", "USR025", Group::Users, Severity::High, 269);

pub(super) fn check(view: &View<'_>) -> Judged {
    let since = view.since()?;
    view.need(&["users", "groups", "names"])?;
    let records: Vec<_> = view
        .administrators()
        .filter(|user| user.created > since)
        .map(|user| record_with(user, &format!("made {}", date(user.created))))
        .collect();
    let message = format!("administrators whose account was made since {}: {}", date(since), records.len());
    let query = format!("active, base.group_system, create_date after {}", date(since));
    found_if_any(Report::of("res.users", query, message).records(records))
}
