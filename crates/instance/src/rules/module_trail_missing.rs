//! Nobody can tell who changed what.
//!
//! ## What it does
//!
//! Looks for a module that keeps a trail of changes: auditlog and the like.
//!
//! ## Why it matters
//!
//! After an incident there is no answer to what was read and changed; the log of Odoo has no records.
//!
//! ## Bad
//!
//! ```json
//! {"without": ["modules/auditlog"]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"modules": [{"name": "auditlog", "state": "installed"}]}
//! ```
//!
//! ## How to fix
//!
//! Install `auditlog` (OCA) and give it rules for users, groups, bank accounts and parameters.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/778.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("module-trail-missing", "MOD004", Group::Modules, Severity::Low, 778);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["modules"])?;
    let trails = ["auditlog", "tracking_manager", "audit_trail", "base_auditlog", "user_log_view"];
    if trails.iter().any(|name| view.has_module(name)) {
        return FINE;
    }
    found(Report::of(
        "ir.module.module",
        "no module for a trail of changes",
        "changes of rights and settings leave no trail",
    ))
}
