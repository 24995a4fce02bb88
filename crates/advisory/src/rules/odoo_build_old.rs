//! The build of Odoo is old.
//!
//! ## What it does
//!
//! Tells a build of a series that still gets fixes, when it is older than 90 days.
//!
//! ## Why it matters
//!
//! Odoo merges fixes of weaknesses weeks before it tells of them; a build from before has them all open, and nobody can say which.
//!
//! ## Bad
//!
//! ```json
//! {"odoo": [{"place": "/opt/odoo/odoo/release.py", "line": 15, "series": "19.0", "date": "2026-02-10", "date_from": "the commit of its checkout"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"odoo": [{"place": "/opt/odoo/odoo/release.py", "line": 15, "series": "19.0", "date": "2026-10-20"}]}
//! ```
//!
//! ## How to fix
//!
//! Update to a build of today, and do so every month.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/master/administration/supported_versions.html>
//! * <https://cwe.mitre.org/data/definitions/1104.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Report, View};
use crate::support::{self, Support};

pub(super) const META: RuleMeta = RuleMeta::new("odoo-build-old", "ADV004", Group::Versions, Severity::Medium, 1104);

pub(super) fn check(view: &View<'_>) -> Vec<Report> {
    let today = view.today();
    let mut out = Vec::new();
    for install in &view.inventory.odoo {
        let Some(day) = &install.date else { continue };
        let supported = matches!(support::odoo(&view.data.odoo, &install.series, &today), Some(Support::Until(_)));
        if let Some(days) = view.days_since(day).filter(|days| supported && *days > 90) {
            let message =
                format!("this build of Odoo {} is of {day}, {days} days old ({})", install.series, install.date_from);
            out.push(
                Report::at(&install.place, install.line, format!("Odoo {}", install.series), message)
                    .scope(install.series.clone()),
            );
        }
    }
    out
}
