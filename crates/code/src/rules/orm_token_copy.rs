//! A token is copied when the record is duplicated.
//!
//! ## What it does
//!
//! Reports token fields of stored models without `copy=False`.
//!
//! ## Why it matters
//!
//! Two records then share one token: whoever has the link of the one opens the other.
//!
//! ## Bad
//!
//! ```python
//! from odoo import api, fields, models
//!
//! class Note(models.Model):
//!     _name = 'x.note'
//!
//!     access_token = fields.Char(groups='base.group_system')
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
//!     access_token = fields.Char(groups='base.group_system', copy=False)
//! ```
//!
//! ## How to fix
//!
//! Set `copy=False`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1188.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::program::{ClassKind};
use crate::rule::{Check, FieldView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("orm-token-copy", "ACC010", Group::Access, Severity::Medium, 1188).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Field(check);

fn check(view: &FieldView<'_>) -> Option<Report> {
    let field = view.field;
    let token = field.name == "token" || field.name.ends_with("_token");
    if field.kind != "Char" || !token || view.class.kind != ClassKind::Model || view.merged_truth("copy") == Some(false) {
        return None;
    }
    let computed = view.merged("compute").is_some() || view.merged("related").is_some() || view.merged_truth("store") == Some(false);
    // A setting of a connector is the same for the copy; a token of the record itself is not.
    let own = matches!(field.name, "token" | "access_token" | "share_token" | "public_token" | "portal_token");
    (!computed && own).then(|| Report::at(view.site(field.call), format!("a duplicate gets the same `{}`", field.name)))
}
