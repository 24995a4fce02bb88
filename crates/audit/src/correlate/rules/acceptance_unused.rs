//! An accepted risk matches no finding.
//!
//! ## What it does
//!
//! Looks at every `[[accept]]` of the settings that accepted nothing in this audit, although everything was looked at that its
//! rule needs.
//!
//! ## Why it matters
//!
//! A stale entry hides the next finding of the rule.
//!
//! ## Bad
//!
//! ```toml
//! [[accept]]
//! rule = "sql-format"
//! until = "2099-01-31"
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
//! Remove it, or correct the rule's id and the place.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1164.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta = RuleMeta::new("acceptance-unused", "CAS004", Group::Castellan, Severity::Low, 1164);

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    view.accepted()
        .iter()
        .filter(|one| one.ends > view.time() && !one.used && one.whole)
        .map(|one| {
            let message = format!("the acceptance of `{}` by {} matches no finding", one.rule, one.who);
            Joint::of_settings(view.file(), one.line, message)
        })
        .collect()
}
