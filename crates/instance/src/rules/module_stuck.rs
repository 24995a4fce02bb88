//! A module is waiting to be installed, upgraded or removed.
//!
//! ## What it does
//!
//! Looks at modules whose state is "to install", "to upgrade" or "to remove".
//!
//! ## Why it matters
//!
//! An upgrade broke off: code and database do not fit, and corrections of security may not be in force.
//!
//! ## Bad
//!
//! ```json
//! {"modules": [{"name": "web", "state": "to upgrade"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"modules": [{"name": "web", "state": "installed"}]}
//! ```
//!
//! ## How to fix
//!
//! Run the upgrade to its end, or cancel it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1188.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("module-stuck", "MOD002", Group::Modules, Severity::Medium, 1188);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["modules"])?;
    let records: Vec<_> = view
        .evidence
        .modules
        .iter()
        .filter(|module| module.state.starts_with("to "))
        .map(|module| (module.id, format!("{} ({})", module.name, module.state)))
        .collect();
    let message = format!("modules that wait for an upgrade that did not end: {}", records.len());
    found_if_any(Report::of("ir.module.module", "state to install, to upgrade, to remove", message).records(records))
}
