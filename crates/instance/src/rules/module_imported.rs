//! A module came through the web.
//!
//! ## What it does
//!
//! Looks at modules marked as imported: their views, data and code were uploaded as an archive.
//!
//! ## Why it matters
//!
//! It is in no repository, nobody reviewed it, and no update reaches it.
//!
//! ## Bad
//!
//! ```json
//! {"modules": [{"name": "x_shop", "state": "installed", "imported": true}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"modules": [{"name": "x_shop", "state": "installed", "imported": false}]}
//! ```
//!
//! ## How to fix
//!
//! Put it under version control and install it from the disk.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/494.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::{View, is_installed};

pub(super) const META: RuleMeta = RuleMeta::new("module-imported", "MOD005", Group::Modules, Severity::Medium, 494);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["modules"])?;
    let records: Vec<_> = view
        .evidence
        .modules
        .iter()
        .filter(|module| module.imported && is_installed(&module.state))
        .map(|module| (module.id, module.name.clone()))
        .collect();
    let message = format!("modules uploaded over the web: {}", records.len());
    found_if_any(Report::of("ir.module.module", "installed, imported", message).records(records))
}
