//! A module is installed that nobody vouches for.
//!
//! ## What it does
//!
//! Looks at installed modules that neither Odoo ships nor, by their author, the Odoo Community Association. With `known-modules` in the
//! section `[instance]` of `castellan.toml` (names, `prefix_*` or authors) only those and Odoo's are known, and the weight is medium.
//!
//! ## Why it matters
//!
//! A module runs with all rights of the server. One that nobody knows is the easiest way in, and the easiest to overlook.
//!
//! ## Bad
//!
//! ```json
//! {"modules": [{"id": 9, "name": "shop_extra", "state": "installed", "author": "Somebody"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"known_modules": ["shop_*", "Odoo Community Association (OCA)"], "modules": [{"id": 9, "name": "shop_extra", "state": "installed", "author": "Somebody"}]}
//! ```
//!
//! ## How to fix
//!
//! Read the module (`castellan scan` its folder), and put it into `known-modules`; remove what nobody needs.
//!
//! ## References
//!
//! * <https://slsa.dev/>
//! * <https://cwe.mitre.org/data/definitions/1104.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::{self, View, is_installed};

pub(super) const META: RuleMeta =
    RuleMeta::new("module-unknown", "MOD008", Group::Modules, Severity::Low, 1104).confidence(Confidence::Medium);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["modules"])?;
    let known = &view.evidence.known_modules;
    let vouched = |name: &str, author: &str| {
        if known.is_empty() {
            return author.contains("Odoo Community Association");
        }
        known.iter().any(|one| match one.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => one == name || author.split(',').any(|part| part.trim() == one),
        })
    };
    let records: Vec<_> = view
        .evidence
        .modules
        .iter()
        .filter(|one| is_installed(&one.state) && !view::is_odoo_module(&one.name) && !vouched(&one.name, &one.author))
        .map(|one| {
            (one.id, if one.author.is_empty() { one.name.clone() } else { format!("{} by {}", one.name, one.author) })
        })
        .collect();
    let message = format!("installed modules that nobody vouches for: {}", records.len());
    let report = Report::of("ir.module.module", "installed, neither of Odoo nor known", message).records(records);
    found_if_any(if known.is_empty() { report } else { report.severity(Severity::Medium) })
}
