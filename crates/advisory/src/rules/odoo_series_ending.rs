//! Fixes for this series of Odoo end soon.
//!
//! ## What it does
//!
//! Tells a series whose fixes end within half a year.
//!
//! ## Why it matters
//!
//! An upgrade of Odoo takes months: customised modules first, then data.
//!
//! ## Bad
//!
//! ```json
//! {"time": 1817000000, "odoo": [{"place": "/opt/odoo/odoo/release.py", "line": 15, "series": "18.0", "date": "2027-07-20"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"odoo": [{"place": "/opt/odoo/odoo/release.py", "line": 15, "series": "19.0", "date": "2026-11-20"}]}
//! ```
//!
//! ## How to fix
//!
//! Plan the upgrade now.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/master/administration/supported_versions.html>
//! * <https://cwe.mitre.org/data/definitions/1104.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Report, View};
use crate::support::{self, Support};

pub(super) const META: RuleMeta = RuleMeta::new("odoo-series-ending", "ADV003", Group::Versions, Severity::Low, 1104);

pub(super) fn check(view: &View<'_>) -> Vec<Report> {
    let today = view.today();
    let mut out = Vec::new();
    for install in &view.inventory.odoo {
        if let Some(Support::Until(end)) = support::odoo(&view.data.odoo, &install.series, &today)
            && view.days_since(&format!("{end}-28")).is_some_and(|days| days > -183)
        {
            let message = format!("fixes for Odoo {} end with {end}", install.series);
            out.push(
                Report::at(&install.place, install.line, format!("Odoo {}", install.series), message)
                    .scope(install.series.clone()),
            );
        }
    }
    out
}
