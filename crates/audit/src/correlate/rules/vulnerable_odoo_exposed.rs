//! An Odoo with a known weakness is open to the internet.
//!
//! ## What it does
//!
//! Raises the severity of advisories that concern this Odoo, or a module that is installed, when the site was seen from
//! outside.
//!
//! ## Why it matters
//!
//! Advisories are read by those who attack, too. A server that nobody outside reaches has time; this one has not.
//!
//! ## Bad
//!
//! ```toml
//! site = true
//! finding = [{ rule = "odoo-vulnerable", severity = "high" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "odoo-vulnerable", severity = "high" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! site = true
//! installed = ["sale"]
//! finding = [{ rule = "addon-vulnerable", module = "shop_api", severity = "high" }]
//! ```
//!
//! ## How to fix
//!
//! Take the newest build of the series.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1395.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta =
    RuleMeta::new("vulnerable-odoo-exposed", "JOI006", Group::Joined, Severity::High, 1395);

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    if !view.is_seen_from_outside() {
        return Vec::new();
    }
    view.all(&["odoo-vulnerable", "addon-vulnerable"])
        .filter(|finding| (Severity::Medium..Severity::Critical).contains(&finding.severity))
        .filter(|finding| finding.module.as_deref().is_none_or(|module| view.is_installed(module) != Some(false)))
        .map(|finding| Joint::raise(finding, "the site is reachable from outside".to_owned()))
        .collect()
}
