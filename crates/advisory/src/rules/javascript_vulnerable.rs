//! An advisory concerns a JavaScript library in a module.
//!
//! ## What it does
//!
//! Knows libraries by what their files say of themselves, and compares the version with what is known of twelve of them. In modules of
//! others the weight is medium; Odoo changes some of its own in place, so that there the confidence is medium.
//!
//! ## Why it matters
//!
//! The library runs in the browser of everybody who opens the page.
//!
//! ## Bad
//!
//! ```json
//! {"libraries": [{"name": "jquery", "version": "1.11.1", "place": "/opt/addons/shop/static/lib/jquery.js", "line": 2}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"libraries": [{"name": "jquery", "version": "3.7.1", "place": "/opt/addons/shop/static/lib/jquery.js", "line": 2}]}
//! ```
//!
//! ## How to fix
//!
//! Update the library, or use the one that Odoo brings.
//!
//! ## References
//!
//! * <https://owasp.org/www-project-top-ten/2017/A9_2017-Using_Components_with_Known_Vulnerabilities>
//! * <https://cwe.mitre.org/data/definitions/1395.html>

use castellan_model::core_modules::core_module_series;
use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::matching;
use crate::rule::{Report, View};
use crate::version::Scheme;

pub(super) const META: RuleMeta =
    RuleMeta::new("javascript-vulnerable", "ADV009", Group::Versions, Severity::Low, 1395);

pub(super) fn check(view: &View<'_>) -> Vec<Report> {
    let mut out = Vec::new();
    for library in &view.inventory.libraries {
        let found = matching::library(library, &view.data.table);
        if found.is_empty() {
            continue;
        }
        let names: Vec<&str> = found.iter().map(|one| one.id.as_str()).collect();
        let fixed = found
            .iter()
            .filter_map(|one| one.fixed.as_deref())
            .max_by(|left, right| Scheme::Dotted.compare(left, right).unwrap_or(std::cmp::Ordering::Equal));
        let text = format!("{} {}", library.name, library.version);
        let message = format!("{text} is affected by {}", names.join(", "));
        let own = is_core(&library.place);
        let report = Report::at(&library.place, library.line, text, message)
            .scope(format!("{} {}", library.place, library.name))
            .severity(if own { Severity::Low } else { Severity::Medium })
            .confidence(if own { Confidence::Medium } else { Confidence::High });
        out.push(match fixed {
            Some(fixed) => {
                report.help(format!("Update {} to {fixed} or later, or use the one that Odoo brings.", library.name))
            }
            None => report,
        });
    }
    out
}

/// In a module that Odoo ships.
fn is_core(place: &str) -> bool {
    let module = place.split("/static/").next().and_then(|path| path.rsplit('/').next()).unwrap_or_default();
    !core_module_series(module).is_empty()
}
