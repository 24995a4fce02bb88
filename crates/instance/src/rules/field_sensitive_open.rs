//! A field with private data is open to everybody who sees the record.
//!
//! ## What it does
//!
//! Looks at stored fields made by hand or brought by modules of others whose name speaks of bank accounts, wages, identity papers, health
//! or passwords, and that no group narrows. Fields of models that employees cannot read are left out.
//!
//! ## Why it matters
//!
//! It is exported, searched and shown in lists with the rest of the record.
//!
//! ## Bad
//!
//! ```json
//! {"fields": [{"id": 90, "model": "res.partner", "name": "x_iban", "stored": true, "manual": true}]}
//! ```
//!
//! ```json
//! {"fields": [{"id": 90, "model": "res.partner", "name": "passport_number", "stored": true, "modules": "travel"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"fields": [{"id": 90, "model": "res.partner", "name": "x_iban", "stored": true, "manual": true, "groups": [7]}, {"id": 91, "model": "res.partner", "name": "x_colour", "stored": true, "manual": true}]}
//! ```
//!
//! ```json
//! {"fields": [{"id": 90, "model": "res.partner", "name": "bank_account_id", "stored": true, "modules": "base, hr"}]}
//! ```
//!
//! ## How to fix
//!
//! Give the field groups.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/359.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::{self, INTERNAL, PORTAL, PUBLIC, View};

pub(super) const META: RuleMeta = RuleMeta::new("field-sensitive-open", "RGT019", Group::Rights, Severity::Medium, 359)
    .confidence(Confidence::Medium);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["fields", "access", "groups", "names"])?;
    let ordinary: Vec<i64> = [INTERNAL, PORTAL, PUBLIC].into_iter().filter_map(|name| view.group(name)).collect();
    let is_read = |model: &str| {
        view.access(model).iter().any(|row| row.grants.read && row.group.is_none_or(|group| ordinary.contains(&group)))
    };
    let of_others =
        |modules: &str| !modules.is_empty() && modules.split(',').all(|module| !view::is_odoo_module(module.trim()));
    let records: Vec<_> = view
        .evidence
        .fields
        .iter()
        .filter(|field| {
            field.stored
                && (field.manual || (of_others(&field.modules) && is_read(&field.model)))
                && field.groups.is_empty()
                && helpers::is_private_field(&field.name)
        })
        .map(|field| (field.id, format!("{}.{}", field.model, field.name)))
        .collect();
    let message = format!("fields with private data and no group: {}", records.len());
    found_if_any(Report::of("ir.model.fields", "not of Odoo, private by name, no group", message).records(records))
}
