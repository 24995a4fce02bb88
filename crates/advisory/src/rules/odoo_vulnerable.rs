//! An advisory concerns this installation of Odoo.
//!
//! ## What it does
//!
//! Odoo has no numbers of patches: whether an advisory concerns an installation follows from the text of the function that was mended,
//! where the source is there; from the changelog of its package; and from the series and the day of the build (the version of a nightly
//! package, its metadata, the commit of a checkout). Builds of the year before an advisory are told with medium confidence, because fixes
//! are merged before they are told. What is not on the disk or not installed is left out. The severity is that of the advisory.
//!
//! ## Why it matters
//!
//! The advisory is public, and so is how to use the weakness.
//!
//! ## Bad
//!
//! ```json
//! {"odoo": [{"place": "/opt/odoo/odoo/release.py", "line": 15, "series": "15.0", "date": "2021-11-30", "source": {"CVE-2021-23166": "vulnerable"}, "installed": []}], "only": "CVE-2021-23166"}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"odoo": [{"place": "/opt/odoo/odoo/release.py", "line": 15, "series": "14.0", "date": "2023-11-06", "date_from": "x", "source": {}, "installed": ["base"]}], "only": "CVE-2021-23166"}
//! ```
//!
//! ## How to fix
//!
//! Update Odoo to a build of today; take a series that still gets fixes when this one has ended.
//!
//! ## References
//!
//! * <https://github.com/odoo/odoo/security/policy>
//! * <https://www.odoo.com/documentation/master/administration/supported_versions.html>
//! * <https://cwe.mitre.org/data/definitions/1395.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::odoo::{Status, evaluate};
use crate::rule::{Report, View, severity_named};

pub(super) const META: RuleMeta = RuleMeta::new("odoo-vulnerable", "ADV001", Group::Versions, Severity::High, 1395);

pub(super) fn check(view: &View<'_>) -> Vec<Report> {
    let mut out = Vec::new();
    for install in &view.inventory.odoo {
        for answer in evaluate(install, &view.data.odoo) {
            let confidence = match answer.status {
                Status::Affected => Confidence::High,
                Status::LikelyAffected => Confidence::Medium,
                Status::Fixed | Status::NotAffected | Status::CannotTell => continue,
            };
            let one = answer.advisory;
            let who = match one.auth_required.as_str() {
                "none" => "without a log-in",
                "portal" => "with a log-in of the portal",
                "admin" => "as an administrator",
                _ => "with a log-in",
            };
            let mut message = format!("{}: {} ({who}); {}", one.id, one.title, answer.reason);
            if let Some(condition) = &one.preconditions {
                message.push_str(&format!("; only where: {condition}"));
            }
            let report = Report::at(&install.place, install.line, format!("Odoo {}", install.series), message)
                .scope(one.id.clone())
                .severity(severity_named(&one.severity))
                .confidence(confidence);
            out.push(match &one.mitigation {
                Some(mitigation) => report.help(format!("Update Odoo to a build of today. Until then: {mitigation}")),
                None => report,
            });
        }
    }
    out
}
