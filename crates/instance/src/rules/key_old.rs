//! An API key is old.
//!
//! ## What it does
//!
//! Looks at the date on which a key was made: more than a year ago is old.
//!
//! ## Why it matters
//!
//! It was copied into files, mails and the machines of people who have left since.
//!
//! ## Bad
//!
//! ```json
//! {"keys": [{"id": 1, "name": "shop", "user": 7, "created": 1750000000, "scope": "rpc", "expires": 1795000000}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"keys": [{"id": 1, "name": "shop", "user": 7, "created": 1789000000, "scope": "rpc", "expires": 1795000000}]}
//! ```
//!
//! ## How to fix
//!
//! Make a new key, give it to the program, see the program work, delete the old one. Repeat it every few months.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/324.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::{View, date};

pub(super) const META: RuleMeta = RuleMeta::new("key-old", "KEY002", Group::Keys, Severity::Medium, 324);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["keys", "users"])?;
    let mut records = Vec::new();
    for key in helpers::live_keys(view).filter(|key| key.created > 0 && view.days_since(key.created) > 365) {
        records.push((key.id, format!("{} of {}, made {}", key.name, view.login(key.user), date(key.created))));
    }
    let message = format!("API keys older than a year: {}", records.len());
    found_if_any(Report::of("res.users.apikeys", "made more than 365 days ago", message).records(records))
}
