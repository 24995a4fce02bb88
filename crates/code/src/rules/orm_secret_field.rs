//! A secret is kept in a field that every reader of the model sees.
//!
//! ## What it does
//!
//! Reports Char and Text fields named password, secret, api_key or token on ordinary models without `groups=`.
//!
//! ## Why it matters
//!
//! Whoever may read the record reads the secret, over RPC and exports too, even when no view shows it.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     api_key = fields.Char()
//! ```
//!
//! ## Good
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     api_key = fields.Char(groups='base.group_system')
//! ```
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     token_type = fields.Char()
//! ```
//!
//! ## How to fix
//!
//! Set `groups="base.group_system"`, keep a hash where the text itself is not needed, or use a vault.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/522.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::program::{ClassKind, Operation};
use crate::rule::{Check, FieldView, Report};
use crate::rules::secrets;

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-secret-field", "ACC009", Group::Access, Severity::High, 522).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Field(check);

fn check(view: &FieldView<'_>) -> Option<Report> {
    let field = view.field;
    if !matches!(field.kind, "Char" | "Text") || !secrets::is_secret_name(field.name) || view.class.kind != ClassKind::Model {
        return None;
    }
    // Settings screens are open to administrators only; a related field takes the groups of its target.
    let settings = view.class.model.is_some_and(|model| model.contains("config.settings") || model.as_str() == "res.users");
    if view.merged("groups").is_some() || view.merged("related").is_some() || view.merged("compute").is_some() || settings {
        return None;
    }
    // Tokens that Odoo's portal shares on purpose.
    if matches!(field.name, "access_token" | "share_token") || field.name.ends_with("_uuid") {
        return None;
    }
    let model = view.class.model?;
    // Models that Odoo itself keeps to administrators.
    let closed = crate::program::sensitive_model(model.as_str())
        .is_some_and(|known| known.read_groups.iter().all(|group| group == "base.group_system" || group == "base.group_erp_manager"));
    if closed {
        return None;
    }
    let readable = view.program.access.iter().filter(|row| row.model == model && row.allows(Operation::Read));
    let only_admins = readable.clone().next().is_some()
        && readable.clone().all(|row| row.group.is_some_and(|group| crate::program::group_tier(group.as_str()).is_some_and(|tier| tier >= 4)));
    if only_admins {
        return None;
    }
    Some(Report::at(view.site(field.call), format!("everybody who may read `{model}` reads `{}`", field.name)))
}
