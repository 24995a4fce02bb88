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

use crate::matching;
use crate::rule::{Report, View, severity_named};

pub(super) const META: RuleMeta = RuleMeta::new("addon-vulnerable", "ADV010", Group::Versions, Severity::High, 1395);

pub(super) fn check(view: &View<'_>) -> Vec<Report> {
    let mut out = Vec::new();
    for module in &view.inventory.modules {
        for found in matching::module(module, &view.data.odoo) {
            let one = found.advisory;
            let message = format!("{}: {} in {} {} ({})", one.id, one.title, module.name, module.version, found.range);
            out.push(
                Report::at(&module.place, 1, format!("{} {}", module.name, module.version), message)
                    .scope(format!("{} {}", module.name, one.id))
                    .severity(severity_named(&one.severity))
                    .confidence(if found.is_certain { Confidence::High } else { Confidence::Medium }),
            );
        }
    }
    out
}
