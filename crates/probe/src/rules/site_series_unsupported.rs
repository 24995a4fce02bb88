//! This series of Odoo gets no more corrections.
//!
//! ## What it does
//!
//! Takes the series from the best source that answered and compares it with the day when support ends.
//!
//! ## Why it matters
//!
//! Weaknesses that become known stay open for ever.
//!
//! ## Bad
//!
//! ```http
//! > version
//! 200
//! content-type: application/json
//!
//! {"version": "14.0", "version_info": [14, 0, 0, "final", 0, ""]}
//! ```
//!
//! ## Good
//!
//! ```http
//! > version
//! 200
//! content-type: application/json
//!
//! {"version": "19.0", "version_info": [19, 0, 0, "final", 0, ""]}
//! ```
//!
//! ## How to fix
//!
//! Upgrade to a supported series.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1104.html>
//! * <https://www.odoo.com/documentation/19.0/administration/supported_versions.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{date, support_end};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("site-series-unsupported", "OUT023", Group::Outside, Severity::High, 1104);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.odoo()?;
    let Some(found_series) = view.series() else {
        return Err(Unjudged::CouldNotTell("the series is not shown to the outside".to_owned()));
    };
    if !found_series.is_exact {
        return Err(Unjudged::CouldNotTell(format!("the login page looks like about {}", found_series.series)));
    }
    let Some(last) = support_end(found_series.series.major()) else { return FINE };
    if last >= view.evidence.time {
        return FINE;
    }
    found(Report::at(
        "login",
        format!(
            "Odoo {} has not been supported since {} (told by {})",
            found_series.series,
            date(last),
            found_series.from
        ),
    ))
}
