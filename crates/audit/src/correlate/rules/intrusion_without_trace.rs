//! There is a way in, and nobody would see it being used.
//!
//! ## What it does
//!
//! Joins a critical or high weakness that needs no log-in with logs that are off, or changes that leave no trail.
//!
//! ## Why it matters
//!
//! Who came, and what was taken, is the first question afterwards, and there will be no answer.
//!
//! ## Bad
//!
//! ```toml
//! finding = [{ rule = "site-database-manager-default" }, { rule = "nginx-log-off" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "nginx-log-off" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "site-database-manager-default" }]
//! ```
//!
//! ## How to fix
//!
//! Switch the logs on and send them to another host; then close the way in.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/778.html>

use castellan_model::{Finding, Group, Reach, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta =
    RuleMeta::new("intrusion-without-trace", "JOI017", Group::Joined, Severity::Medium, 778);

const BLIND: &[&str] =
    &["nginx-log-off", "odoo-no-log", "odoo-log-quiet", "host-log-kept-short", "host-jail-misses-logins"];

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    let open = |finding: &&Finding| finding.reach == Some(Reach::Anonymous) && finding.severity >= Severity::High;
    view.join(
        &[view.findings().iter().filter(open).collect(), view.all(BLIND).collect()],
        "somebody without log-in can do harm here, and logs would not show it",
    )
}
