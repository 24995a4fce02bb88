//! Anybody can sign up, and portal users can use a weakness.
//!
//! ## What it does
//!
//! Raises the severity of weaknesses in code that every portal user can use, when sign-up is open.
//!
//! ## Why it matters
//!
//! The log-in in front of the weakness is no wall: everybody makes an account.
//!
//! ## Bad
//!
//! ```toml
//! finding = [{ rule = "signup-open" }, { rule = "ctl-user-sudo-write", module = "shop_api", reach = "portal", severity = "high" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "signup-open" }, { rule = "ctl-user-sudo-write", module = "shop_api", reach = "internal", severity = "high" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "ctl-user-sudo-write", module = "shop_api", reach = "portal", severity = "high" }]
//! ```
//!
//! ## How to fix
//!
//! Repair the code; set sign-up to invitation only where customers need no accounts of their own.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/284.html>

use castellan_model::{Group, Reach, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta =
    RuleMeta::new("anybody-becomes-portal-user", "JOI013", Group::Joined, Severity::High, 284);

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    if view.all(&["signup-open", "site-signup-open"]).next().is_none() {
        return Vec::new();
    }
    view.code()
        .filter(|finding| finding.reach == Some(Reach::Portal))
        .filter(|finding| (Severity::Medium..Severity::Critical).contains(&finding.severity))
        .map(|finding| Joint::raise(finding, "anybody can sign up as a portal user".to_owned()))
        .collect()
}
