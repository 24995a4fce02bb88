//! A module of others lies on the server and is not installed.
//!
//! ## What it does
//!
//! Looks at modules that are not of Odoo and lie ready on the disk.
//!
//! ## Why it matters
//!
//! Its static files are served to everybody, one click of an administrator installs it, and nobody updates it.
//!
//! ## Bad
//!
//! ```json
//! {"modules": [{"id": 9, "name": "shop_extra", "state": "uninstalled", "author": "Somebody"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"modules": [{"id": 9, "name": "crm", "state": "uninstalled", "author": "Odoo S.A."}]}
//! ```
//!
//! ## How to fix
//!
//! Take it out of the addons path.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/cli.html>
//! * <https://cwe.mitre.org/data/definitions/1164.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::{self, View};

pub(super) const META: RuleMeta = RuleMeta::new("module-idle", "MOD009", Group::Modules, Severity::Info, 1164);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["modules"])?;
    let records: Vec<_> = view
        .evidence
        .modules
        .iter()
        .filter(|one| one.state == "uninstalled" && !view::is_odoo_module(&one.name))
        .map(|one| (one.id, one.name.clone()))
        .collect();
    let message = format!("modules of others that are on the disk and not installed: {}", records.len());
    found_if_any(Report::of("ir.module.module", "uninstalled, not of Odoo", message).records(records))
}
