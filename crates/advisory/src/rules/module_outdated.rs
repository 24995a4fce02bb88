//! A newer release of a module is known.
//!
//! ## What it does
//!
//! Compares the version of a module with the newest release of its series in the index of modules that `castellan update` took in. Without
//! an index nothing is told.
//!
//! ## Why it matters
//!
//! Modules of the community mend weaknesses without an advisory: the newest release is the only sign of it.
//!
//! ## Bad
//!
//! ```json
//! {"modules": [{"name": "web_responsive", "place": "web_responsive/__manifest__.py", "version": "17.0.1.0.0"}], "index": {"date": "2026-11-20", "modules": {"web_responsive": {"releases": {"17.0": {"version": "17.0.1.2.0"}}}}}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"modules": [{"name": "web_responsive", "place": "web_responsive/__manifest__.py", "version": "17.0.1.2.0"}], "index": {"date": "2026-11-20", "modules": {"web_responsive": {"releases": {"17.0": {"version": "17.0.1.2.0"}}}}}}
//! ```
//!
//! ## How to fix
//!
//! Read what changed, update the module on a copy, then on the server.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1104.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::modules::series_of;
use crate::rule::{Report, View};
use crate::version::Scheme;

pub(super) const META: RuleMeta = RuleMeta::new("module-outdated", "ADV014", Group::Versions, Severity::Low, 1104);

pub(super) fn check(view: &View<'_>) -> Vec<Report> {
    let mut out = Vec::new();
    for module in view.inventory.modules.iter().filter(|module| !module.core) {
        let Some(series) = series_of(&module.version) else { continue };
        let Some(release) = view.data.modules.release(&module.name, &series) else { continue };
        if Scheme::Dotted.compare(&module.version, &release.version).is_some_and(std::cmp::Ordering::is_lt) {
            let when = if release.changed.is_empty() { String::new() } else { format!(" of {}", release.changed) };
            let message =
                format!("{} {} is here, {}{when} is the newest", module.name, module.version, release.version);
            out.push(
                Report::at(&module.place, 1, format!("{} {}", module.name, module.version), message)
                    .scope(module.name.clone()),
            );
        }
    }
    out
}
