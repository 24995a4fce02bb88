//! An advisory concerns a Python package.
//!
//! ## What it does
//!
//! Compares installed packages, lock files and pinned requirements with records of OSV, by the order of PEP 440. Packages of the
//! distribution are left to its own records, because it mends them without a new version. The severity is that of the worst advisory; where
//! none is rated it is medium.
//!
//! ## Why it matters
//!
//! Odoo hands what visitors send to these packages: images, spreadsheets, XML, templates, requests.
//!
//! ## Bad
//!
//! ```json
//! {"python": [{"name": "jinja2", "version": "2.10", "place": "requirements.txt", "line": 3, "pinned": true}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"python": [{"name": "jinja2", "version": "3.1.6", "place": "requirements.txt", "line": 3, "pinned": true}]}
//! ```
//!
//! ```json
//! {"python": [{"name": "jinja2", "version": "2.10", "place": "/usr/lib/python3/dist-packages/Jinja2-2.10.egg-info", "distribution": true}]}
//! ```
//!
//! ## How to fix
//!
//! Update the package; test Odoo with it where Odoo asks for an older one.
//!
//! ## References
//!
//! * <https://osv.dev/>
//! * <https://peps.python.org/pep-0440/>
//! * <https://cwe.mitre.org/data/definitions/1395.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use super::names;
use crate::data;
use crate::matching;
use crate::osv::Advisory;
use crate::rule::{Report, View, severity_of};
use crate::version::Scheme;

pub(super) const META: RuleMeta = RuleMeta::new("python-vulnerable", "ADV005", Group::Versions, Severity::Medium, 1395);

pub(super) fn check(view: &View<'_>) -> Vec<Report> {
    let mut out = Vec::new();
    for package in &view.inventory.python {
        let found = matching::python(package, &view.data.table);
        let Some(worst) =
            found.iter().max_by(|left, right| left.score.unwrap_or(5.0).total_cmp(&right.score.unwrap_or(5.0)))
        else {
            continue;
        };
        let message = format!("{} {} is affected by {}", package.name, package.version, names(&found));
        // Which of several lines holds depends on the Python that reads them.
        let (message, confidence) = if package.marker.is_empty() {
            (message, Confidence::High)
        } else {
            (format!("{message}, where {}", package.marker), Confidence::Medium)
        };
        let report = Report::at(&package.place, package.line, format!("{} {}", package.name, package.version), message)
            .scope(format!("{} {}", package.name, package.marker).trim_end().to_owned())
            .confidence(confidence)
            .severity(severity_of(worst.score))
            .help(help(view, &package.name, &package.version, &found));
        out.push(report);
    }
    out
}

/// The least version in which all of them are fixed, and what Odoo asks for.
fn help(view: &View<'_>, package: &str, version: &str, found: &[&Advisory]) -> String {
    let scheme = Scheme::Pep440;
    let fixes: Option<Vec<&str>> = found.iter().map(|one| one.fixed_in(scheme, version)).collect();
    let later = |left: &&str, right: &&str| scheme.compare(left, right).unwrap_or(std::cmp::Ordering::Equal);
    let mut text = match fixes.as_deref().and_then(|fixes| fixes.iter().copied().max_by(later)) {
        Some(fixed) => format!("Safe upgrade: {package} {fixed}."),
        None => format!("Not every record of {package} has a fixed version yet: see what each advisory says."),
    };
    for install in &view.inventory.odoo {
        let pins = data::requirements().series.get(&install.series).and_then(|pins| pins.get(package));
        let asked: Vec<&str> = pins.into_iter().flatten().filter_map(|(specifier, _)| specifier.as_deref()).collect();
        if asked.contains(&format!("=={version}").as_str()) {
            text.push_str(&format!(
                " Odoo {} asks for {version} itself: test the newer one, above all reports and imports.",
                install.series
            ));
        }
    }
    text
}
