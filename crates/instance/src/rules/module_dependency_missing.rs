//! An installed module needs one that is not installed.
//!
//! ## What it does
//!
//! Compares what installed modules need with what is installed.
//!
//! ## Why it matters
//!
//! Access rows, record rules and overrides of the missing module are not there; what the other module relies on may be open. An update of
//! the database stops half-way.
//!
//! ## Bad
//!
//! ```json
//! {"modules": [{"id": 9, "name": "shop_extra", "state": "installed"}], "dependencies": [{"module": 9, "name": "shop_base"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"modules": [{"id": 9, "name": "shop_extra", "state": "installed"}], "dependencies": [{"module": 9, "name": "base"}]}
//! ```
//!
//! ## How to fix
//!
//! Install the module that is missing, or remove the one that needs it.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/module.html>
//! * <https://cwe.mitre.org/data/definitions/1104.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::{View, is_installed};

pub(super) const META: RuleMeta =
    RuleMeta::new("module-dependency-missing", "MOD007", Group::Modules, Severity::Medium, 1104);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["modules", "dependencies"])?;
    let installed = view.evidence.modules.iter().filter(|module| is_installed(&module.state));
    let records: Vec<_> = installed
        .filter_map(|module| {
            let needs = view.evidence.dependencies.iter().filter(|one| one.module == module.id && module.id != 0);
            let missing: Vec<&str> = needs.map(|one| one.name.as_str()).filter(|name| !view.has_module(name)).collect();
            (!missing.is_empty()).then(|| (module.id, format!("{} needs {}", module.name, missing.join(", "))))
        })
        .collect();
    let message = format!("installed modules that need what is not installed: {}", records.len());
    found_if_any(Report::of("ir.module.module", "installed, needs a module that is not", message).records(records))
}
