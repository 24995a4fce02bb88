//! Nobody looks after a module any more.
//!
//! ## What it does
//!
//! Looks into the index of modules that `castellan update` took in: the newest release for the series changed more than two years ago, and no
//! newer series has a release at all. Without an index nothing is told.
//!
//! ## Why it matters
//!
//! Nobody will mend what is found in it, and it keeps Odoo in a series that ends.
//!
//! ## Bad
//!
//! ```json
//! {"modules": [{"name": "old_thing", "place": "old_thing/__manifest__.py", "version": "14.0.1.0.0"}], "index": {"date": "2026-11-20", "modules": {"old_thing": {"releases": {"14.0": {"version": "14.0.1.0.0", "changed": "2021-05-01"}}}}}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"modules": [{"name": "old_thing", "place": "old_thing/__manifest__.py", "version": "14.0.1.0.0"}], "index": {"date": "2026-11-20", "modules": {"old_thing": {"releases": {"14.0": {"version": "14.0.1.0.0", "changed": "2021-05-01"}, "18.0": {"version": "18.0.1.0.0", "changed": "2026-01-01"}}}}}}
//! ```
//!
//! ## How to fix
//!
//! Look for a module that is kept up, or take over its care; plan it before the next upgrade.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1104.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::modules::series_of;
use crate::rule::{Report, View};

pub(super) const META: RuleMeta =
    RuleMeta::new("module-abandoned", "ADV015", Group::Versions, Severity::Low, 1104).confidence(Confidence::Medium);

/// Days without a change after which a module counts as left.
const LEFT: i64 = 730;

pub(super) fn check(view: &View<'_>) -> Vec<Report> {
    let mut out = Vec::new();
    for module in view.inventory.modules.iter().filter(|module| !module.core) {
        let Some(series) = series_of(&module.version) else { continue };
        let Some(known) = view.data.modules.modules.get(&module.name) else { continue };
        let Some(release) = known.releases.get(&series) else { continue };
        let number = |series: &str| series.split('.').next().and_then(|major| major.parse::<u32>().ok()).unwrap_or(0);
        let goes_on = known.releases.keys().any(|other| number(other) > number(&series));
        if !goes_on && view.days_since(&release.changed).is_some_and(|days| days > LEFT) {
            let nobody = if release.maintainers.is_empty() { ", and nobody is named who maintains it" } else { "" };
            let message = format!(
                "{}: the last change for any series is of {}{nobody}",
                module.name, release.changed
            );
            out.push(
                Report::at(&module.place, 1, format!("{} {}", module.name, module.version), message)
                    .scope(module.name.clone()),
            );
        }
    }
    out
}
