//! An advisory concerns a module of others.
//!
//! ## What it does
//!
//! Compares modules that are not of Odoo with the advisories that name them, by their version. The severity is that of the advisory.
//!
//! ## Why it matters
//!
//! A module runs with all rights of the server.
//!
//! ## Bad
//!
//! ```json
//! {"modules": [{"name": "web_progress", "place": "/opt/addons/web_progress/__manifest__.py", "version": "16.0.2.1"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"modules": [{"name": "web_progress", "place": "/opt/addons/web_progress/__manifest__.py", "version": "16.0.3.0"}]}
//! ```
//!
//! ## How to fix
//!
//! Update the module, or remove it.
//!
//! ## References
//!
//! * <https://nvd.nist.gov/>
//! * <https://cwe.mitre.org/data/definitions/1395.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::data::{self, OdooAdvisory};
use crate::rule::{Report, View, severity_named};
use crate::version::Scheme;

pub(super) const META: RuleMeta = RuleMeta::new("addon-vulnerable", "ADV010", Group::Versions, Severity::High, 1395);

pub(super) fn check(view: &View<'_>) -> Vec<Report> {
    let mut out = Vec::new();
    for module in view.inventory.modules.iter().filter(|module| !module.core) {
        for one in data::odoo().advisories.iter().filter(|one| one.kind != "core" && one.modules.contains(&module.name))
        {
            let fixed = one.fixed_addon_version.as_deref().unwrap_or_default();
            let (status, word) = status(&module.version, one, fixed);
            let confidence = match status {
                Some(true) => Confidence::High,
                Some(false) => continue,
                None => Confidence::Medium,
            };
            let message = format!("{}: {} in {} {} ({word})", one.id, one.title, module.name, module.version);
            out.push(
                Report::at(&module.place, 1, format!("{} {}", module.name, module.version), message)
                    .scope(format!("{} {}", module.name, one.id))
                    .severity(severity_named(&one.severity))
                    .confidence(confidence),
            );
        }
    }
    out
}

/// Whether a version is affected, with the words of the advisory; none: the series is named, and nothing tells more.
fn status(version: &str, advisory: &OdooAdvisory, fixed: &str) -> (Option<bool>, String) {
    let series: String = version.split('.').take(2).collect::<Vec<_>>().join(".");
    let range = advisory.addon_range.clone().unwrap_or_default();
    if !advisory.series.is_empty() && !advisory.series.contains(&series) {
        return (Some(false), range);
    }
    // `17.0.0.4`, `newer than 16.0.2.1`, `14.0.1.0.0 / 15.0.1.0.0 / 16.0.1.0.0`.
    let newer = fixed.strip_prefix("newer than ");
    let bounds: Vec<&str> =
        newer.unwrap_or(fixed).split('/').map(str::trim).filter(|bound| !bound.is_empty()).collect();
    let own = bounds
        .iter()
        .find(|bound| bound.starts_with(&format!("{series}.")))
        .or(bounds.first().filter(|_| bounds.len() == 1));
    let Some(bound) = own else { return (None, range) };
    match Scheme::Dotted.compare(version, bound) {
        Some(order) => (Some(if newer.is_some() { order.is_le() } else { order.is_lt() }), range),
        None => (None, range),
    }
}
