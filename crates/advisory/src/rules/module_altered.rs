//! A module differs from its release.
//!
//! ## What it does
//!
//! Compares the files of a module with the checksums of its release: those of the package that brought it (`RECORD`), or those of the index
//! of modules that `castellan update` took in. A file that is not part of the release is not told.
//!
//! ## Why it matters
//!
//! Somebody changed the code in place. The next update overwrites it, fixes for the release may not apply, and a back door looks the same.
//!
//! ## Bad
//!
//! ```json
//! {"modules": [{"name": "web_responsive", "place": "/opt/venv/lib/python3.11/site-packages/odoo_addon_web_responsive-17.0.1.2.0.dist-info/RECORD", "version": "17.0.1.2.0", "changed": ["controllers/main.py"], "compared_with": "RECORD of odoo_addon_web_responsive 17.0.1.2.0"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"modules": [{"name": "web_responsive", "place": "/opt/venv/lib/python3.11/site-packages/odoo_addon_web_responsive-17.0.1.2.0.dist-info/RECORD", "version": "17.0.1.2.0", "compared_with": "RECORD of odoo_addon_web_responsive 17.0.1.2.0"}]}
//! ```
//!
//! ## How to fix
//!
//! Look at the difference to the release. Put a wanted change into a module of your own; install the release again.
//!
//! ## References
//!
//! * <https://packaging.python.org/en/latest/specifications/recording-installed-packages/>
//! * <https://cwe.mitre.org/data/definitions/353.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Report, View};

pub(super) const META: RuleMeta = RuleMeta::new("module-altered", "ADV013", Group::Versions, Severity::Medium, 353);

/// How many files a message names.
const NAMED: usize = 3;

pub(super) fn check(view: &View<'_>) -> Vec<Report> {
    let mut out = Vec::new();
    for module in view.inventory.modules.iter().filter(|module| !module.changed.is_empty()) {
        let named: Vec<&str> = module.changed.iter().map(String::as_str).take(NAMED).collect();
        let more = module.changed.len() - named.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let message =
            format!("{} differs from its release: {}{more} ({})", module.name, named.join(", "), module.compared_with);
        out.push(
            Report::at(&module.place, 1, format!("{} {}", module.name, module.version), message)
                .scope(module.name.clone()),
        );
    }
    out
}
