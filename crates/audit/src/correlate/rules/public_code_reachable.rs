//! A weakness in a module is reachable: the module is installed, and the server is seen from outside.
//!
//! ## What it does
//!
//! Raises the severity of weaknesses in code that anybody, or every portal user, can use, when a database was read in
//! which the module is installed and the site was seen from outside.
//!
//! ## Why it matters
//!
//! A weakness on a disk is a worry; the same weakness in an installed module behind an open door is an incident that has not
//! happened yet.
//!
//! ## Bad
//!
//! ```toml
//! installed = ["shop_api"]
//! site = true
//! finding = [{ rule = "ctl-public-sudo-read", module = "shop_api", reach = "anonymous", severity = "high" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! installed = ["shop_api"]
//! site = false
//! finding = [{ rule = "ctl-public-sudo-read", module = "shop_api", reach = "anonymous", severity = "high" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! installed = ["other"]
//! site = true
//! finding = [{ rule = "sql-format", module = "shop_api", severity = "high" }]
//! ```
//!
//! ## How to fix
//!
//! Repair the code first; until then uninstall the module or close its routes at the proxy.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/862.html>

use castellan_model::{Group, Reach, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta = RuleMeta::new("public-code-reachable", "JOI003", Group::Joined, Severity::High, 862);

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    if !view.is_seen_from_outside() {
        return Vec::new();
    }
    let reachable = view.code().filter(|finding| {
        let open = matches!(finding.reach, Some(Reach::Anonymous | Reach::Portal));
        let installed = finding.module.as_deref().is_some_and(|module| view.is_installed(module) == Some(true));
        open && installed && (Severity::Medium..Severity::Critical).contains(&finding.severity)
    });
    reachable
        .map(|finding| {
            let module = finding.module.as_deref().unwrap_or_default();
            let because = format!("`{module}` is installed, and the site is reachable from outside");
            Joint::raise(finding, because)
        })
        .collect()
}
