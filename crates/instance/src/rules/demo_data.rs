//! The database was made with demo data.
//!
//! ## What it does
//!
//! Looks at modules whose demo data is installed.
//!
//! ## Why it matters
//!
//! Users with known passwords, invented customers in real lists, and nobody knows what may be deleted.
//!
//! ## Bad
//!
//! ```json
//! {"modules": [{"name": "base", "demo": true}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"modules": [{"name": "base", "demo": false}]}
//! ```
//!
//! ## How to fix
//!
//! Start production with a database made without demo data.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1188.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::{View, is_installed};

pub(super) const META: RuleMeta = RuleMeta::new("demo-data", "SET020", Group::Settings, Severity::Medium, 1188);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["modules"])?;
    let records: Vec<_> = view
        .evidence
        .modules
        .iter()
        .filter(|module| module.demo && is_installed(&module.state))
        .map(|module| (module.id, module.name.clone()))
        .collect();
    let message = format!("modules with their demo data: {}", records.len());
    found_if_any(Report::of("ir.module.module", "installed, demo", message).records(records))
}
