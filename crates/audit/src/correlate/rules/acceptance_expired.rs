//! An accepted risk has reached its last day.
//!
//! ## What it does
//!
//! Looks at every `[[accept]]` of the settings: one whose last day has passed accepts nothing any more.
//!
//! ## Why it matters
//!
//! Somebody decided that the risk may be carried until a day. The day has passed, and nobody has decided again.
//!
//! ## Bad
//!
//! ```toml
//! [[accept]]
//! rule = "sql-format"
//! until = "2026-01-31"
//! ```
//!
//! ## Good
//!
//! ```toml
//! [[accept]]
//! rule = "sql-format"
//! until = "2099-01-31"
//! used = true
//! ```
//!
//! ## How to fix
//!
//! Repair the finding, or decide again and write a new day.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1188.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta = RuleMeta::new("acceptance-expired", "CAS003", Group::Castellan, Severity::Low, 1188);

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    view.accepted()
        .iter()
        .filter(|one| one.ends <= view.time())
        .map(|one| {
            let message = format!("`{}` was accepted by {} until {}, which has passed", one.rule, one.who, one.until);
            Joint::of_settings(view.file(), one.line, message)
        })
        .collect()
}
