//! This series of Odoo gets no fixes any more.
//!
//! ## What it does
//!
//! Compares the series with the three years in which Odoo gives fixes to everybody. Extended support, which is paid, has none for security.
//!
//! ## Why it matters
//!
//! What is found from now on stays open. Advisories name ended series as affected without a fix.
//!
//! ## Bad
//!
//! ```json
//! {"odoo": [{"place": "/opt/odoo/odoo/release.py", "line": 15, "series": "15.0", "date": "2024-09-24"}]}
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
//! Upgrade to a series that gets fixes.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/master/administration/supported_versions.html>
//! * <https://cwe.mitre.org/data/definitions/1104.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Report, View};
use crate::support::{self, Support};

pub(super) const META: RuleMeta = RuleMeta::new("odoo-series-ended", "ADV002", Group::Versions, Severity::High, 1104);

pub(super) fn check(view: &View<'_>) -> Vec<Report> {
    let today = view.today();
    let mut out = Vec::new();
    for install in &view.inventory.odoo {
        if let Some(Support::Ended(end)) = support::odoo(&view.data.odoo, &install.series, &today) {
            let message = format!(
                "Odoo {} gets no fixes since the end of {end}; extended support has none for security either",
                install.series
            );
            out.push(
                Report::at(&install.place, install.line, format!("Odoo {}", install.series), message)
                    .scope(install.series.clone()),
            );
        }
    }
    out
}
