//! A model has no access row at all.
//!
//! ## What it does
//!
//! Looks at stored models made by hand or brought by modules of others that have no active row of access rights.
//!
//! ## Why it matters
//!
//! Nobody but the superuser reaches it, so that code reads it with `sudo` and checks nothing.
//!
//! ## Bad
//!
//! ```json
//! {"models": [{"id": 90, "model": "x_note", "name": "Note", "manual": true}]}
//! ```
//!
//! ```json
//! {"models": [{"id": 90, "model": "shop.order", "name": "Order"}], "names": {"ir.model": {"90": "shop.model_shop_order"}}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"models": [{"id": 90, "model": "x_note", "name": "Note", "manual": true}], "access": [{"id": 90, "name": "x", "model": "x_note", "active": true, "group": 1, "grants": {"read": true}}]}
//! ```
//!
//! ## How to fix
//!
//! Give the model rows for the groups that need it.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/security.html>
//! * <https://cwe.mitre.org/data/definitions/732.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::{self, View};

pub(super) const META: RuleMeta = RuleMeta::new("model-without-access", "RGT018", Group::Rights, Severity::Low, 732);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["models", "names", "access"])?;
    // Abstract models have no rows: those that others brought are told apart by their table alone, which `ir.model` does not know.
    let abstract_like = |model: &str| ["mixin", "abstract", "report."].iter().any(|word| model.contains(word));
    let of_others = |id: i64| {
        let name = view.name("ir.model", id).and_then(|name| name.split_once('.'));
        name.is_some_and(|(module, _)| !view::is_odoo_module(module))
    };
    let records: Vec<_> = view
        .evidence
        .models
        .iter()
        .filter(|model| {
            (model.manual || of_others(model.id))
                && !model.transient
                && view.access(&model.model).is_empty()
                && !abstract_like(&model.model)
        })
        .map(|model| (model.id, model.model.clone()))
        .collect();
    let message = format!("models without an access row: {}", records.len());
    found_if_any(Report::of("ir.model", "not of Odoo, no active access row", message).records(records))
}
