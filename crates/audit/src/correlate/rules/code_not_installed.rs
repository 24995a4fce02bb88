//! A weakness is in a module that is not installed.
//!
//! ## What it does
//!
//! Lowers the severity of weaknesses in code, when databases were read and the module is installed in none of them.
//!
//! ## Why it matters
//!
//! What is not installed cannot be reached. It can be installed tomorrow: it is repaired later, not never.
//!
//! ## Bad
//!
//! ```toml
//! installed = ["sale"]
//! finding = [{ rule = "sql-format", module = "shop_api", severity = "critical" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! installed = ["shop_api"]
//! finding = [{ rule = "sql-format", module = "shop_api", severity = "critical" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "sql-format", module = "shop_api", severity = "critical" }]
//! ```
//!
//! ## How to fix
//!
//! Remove the module from the addons path, or repair it before it is installed.
//!
//! ## Limits
//!
//! Databases that were not read may have it installed.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1164.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta = RuleMeta::new("code-not-installed", "JOI004", Group::Joined, Severity::Info, 1164);

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    view.code()
        .filter(|finding| finding.severity > Severity::Low)
        .filter(|finding| finding.module.as_deref().is_some_and(|module| view.is_installed(module) == Some(false)))
        .map(|finding| {
            let module = finding.module.as_deref().unwrap_or_default();
            Joint::lower(finding, format!("`{module}` is installed in no database that was read"))
        })
        .collect()
}
