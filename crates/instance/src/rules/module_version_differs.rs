//! The files of a module are not those that the database was updated with.
//!
//! ## What it does
//!
//! Compares the version in the database with that of the manifest on the disk, which Odoo tells through RPC.
//!
//! ## Why it matters
//!
//! New code runs on old tables, access rows and rules: what the update would have closed is still open. Or the files are older than the
//! database, and a fix is gone.
//!
//! ## Bad
//!
//! ```json
//! {"modules": [{"id": 9, "name": "sale", "state": "installed", "version": "17.0.1.0", "on_disk": "17.0.1.2"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"modules": [{"id": 9, "name": "sale", "state": "installed", "version": "17.0.1.2", "on_disk": "17.0.1.2"}]}
//! ```
//!
//! ## How to fix
//!
//! Update the module (`odoo-bin -u NAME`) after a backup.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/cli.html>
//! * <https://cwe.mitre.org/data/definitions/1104.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, Unjudged, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("module-version-differs", "MOD010", Group::Modules, Severity::Low, 1104);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["modules"])?;
    if view.evidence.modules.iter().all(|one| one.on_disk.is_none()) {
        return Err(Unjudged::NotAssessed("needs `--rpc`: only Odoo itself knows the files".to_owned()));
    }
    let records: Vec<_> = view
        .evidence
        .modules
        .iter()
        .filter(|one| one.state == "installed" && !one.version.is_empty() && !one.imported)
        .filter_map(|one| {
            let on_disk = one.on_disk.as_deref().filter(|disk| *disk != one.version && !disk.is_empty())?;
            Some((one.id, format!("{}: {} in the database, {on_disk} on the disk", one.name, one.version)))
        })
        .collect();
    let message = format!("modules whose files have another version than the database: {}", records.len());
    found_if_any(
        Report::of("ir.module.module", "installed, latest_version is not installed_version", message).records(records),
    )
}
