//! A module is installed that is a risk by itself.
//!
//! ## What it does
//!
//! Compares installed modules with a list: consoles for SQL, master passwords for all accounts, trust in a header, known holes, code uploaded
//! over the web.
//!
//! ## Why it matters
//!
//! Each of these opens by design what Odoo keeps shut.
//!
//! ## Bad
//!
//! ```json
//! {"modules": [{"name": "query_deluxe", "state": "installed", "author": "x"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"modules": [{"name": "query_deluxe", "state": "uninstalled", "author": "x"}]}
//! ```
//!
//! ## How to fix
//!
//! Uninstall it; do on a copy what it was meant for.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1104.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report};
use crate::shipped;
use crate::view::{View, is_installed};

pub(super) const META: RuleMeta = RuleMeta::new("module-risky", "MOD001", Group::Modules, Severity::Medium, 1104);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["modules"])?;
    let mut reports = Vec::new();
    for module in view.evidence.modules.iter().filter(|module| is_installed(&module.state)) {
        if let Some((severity, why)) = shipped::risky(&module.name) {
            reports.push(
                Report::of(
                    "ir.module.module",
                    "installed, on the list of risky modules",
                    format!("`{}` is installed: {why}", module.name),
                )
                .scope(module.name.clone())
                .records(vec![(module.id, module.name.clone())])
                .severity(severity),
            );
        }
    }
    Ok(reports)
}
