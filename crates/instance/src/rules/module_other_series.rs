//! A module was written for another series.
//!
//! ## What it does
//!
//! Compares the first number of installed versions with the series of the database.
//!
//! ## Why it matters
//!
//! It was not moved to this series: corrections of the series it was written for are all it has.
//!
//! ## Bad
//!
//! ```json
//! {"modules": [{"name": "x_old", "state": "installed", "version": "14.0.1.2.0", "author": "x"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"modules": [{"name": "x_old", "state": "installed", "version": "17.0.1.2.0", "author": "x"}]}
//! ```
//!
//! ## How to fix
//!
//! Get the version for this series, or have the module reviewed.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1104.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any, not_applicable};
use crate::view::{View, is_installed};

pub(super) const META: RuleMeta = RuleMeta::new("module-other-series", "MOD006", Group::Modules, Severity::Low, 1104);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["modules"])?;
    let series = view.series();
    if series == 0 {
        return not_applicable("the series is not known");
    }
    let mut records = Vec::new();
    for module in view.evidence.modules.iter().filter(|module| is_installed(&module.state)) {
        let major = module.version.split('.').next().and_then(|major| major.parse::<u8>().ok()).unwrap_or(0);
        if module.version.split('.').count() >= 4 && (8..=20).contains(&major) && major != series {
            records.push((module.id, format!("{} {}", module.name, module.version)));
        }
    }
    let message = format!("modules of another series than {series}.0: {}", records.len());
    found_if_any(Report::of("ir.module.module", "installed, version of another series", message).records(records))
}
