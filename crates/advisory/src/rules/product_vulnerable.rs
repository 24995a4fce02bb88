//! An advisory concerns a product.
//!
//! ## What it does
//!
//! Compares products that no distribution mends (images of containers, packages of their makers, the Python of environments) with records
//! of OSV. A tag that does not name a whole version, such as `nginx:1.27`, says nothing about fixes and is left out.
//!
//! ## Why it matters
//!
//! These servers stand in front of Odoo or hold its data.
//!
//! ## Bad
//!
//! ```json
//! {"products": [{"name": "nginx", "version": "1.20.0-alpine", "place": "compose.yml", "line": 9}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"products": [{"name": "nginx", "version": "1.20", "place": "compose.yml", "line": 9}, {"name": "postgresql", "version": "18.9", "place": "compose.yml", "line": 5}]}
//! ```
//!
//! ## How to fix
//!
//! Take the newest version of the line, by its whole number, and renew it when the maker does.
//!
//! ## References
//!
//! * <https://osv.dev/>
//! * <https://cwe.mitre.org/data/definitions/1395.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::names;
use crate::matching;
use crate::rule::{Report, View, severity_of};
use crate::support;
use crate::version::Scheme;

pub(super) const META: RuleMeta = RuleMeta::new("product-vulnerable", "ADV016", Group::Versions, Severity::Medium, 1395);

pub(super) fn check(view: &View<'_>) -> Vec<Report> {
    let mut out = Vec::new();
    for product in matching::products(view.inventory) {
        let found = matching::product(&product, &view.data.table);
        if found.is_empty() {
            continue;
        }
        let title = support::title(&product.name);
        let message = format!("{title} {} is affected by {}", product.version, names(&found));
        let worst = found.iter().filter_map(|one| one.score).max_by(f32::total_cmp);
        let version = matching::whole_version(&product).unwrap_or_default();
        let later = |left: &&str, right: &&str| {
            Scheme::Dotted.compare(left, right).unwrap_or(std::cmp::Ordering::Equal)
        };
        let fixed: Option<Vec<&str>> = found.iter().map(|one| one.fixed_in(Scheme::Dotted, version)).collect();
        let report = Report::at(&product.place, product.line, format!("{title} {}", product.version), message)
            .scope(product.name.clone())
            .severity(severity_of(worst));
        out.push(match fixed.and_then(|fixed| fixed.into_iter().max_by(later)) {
            Some(fixed) => report.help(format!("Safe upgrade: {title} {fixed} or a later line that gets fixes.")),
            None => report,
        });
    }
    out
}
