//! Everybody may change records of a model.
//!
//! ## What it does
//!
//! Looks at active access rows without a group that let write, create or delete. They hold for visitors of the website, too.
//!
//! ## Why it matters
//!
//! One call without a password, or with that of a customer, changes the data; record rules alone stand in between.
//!
//! ## Bad
//!
//! ```json
//! {"access": [{"id": 90, "name": "x", "model": "sale.order", "active": true, "grants": {"write": true}}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"access": [{"id": 90, "name": "x", "model": "sale.order", "active": true, "group": 8, "grants": {"write": true}}]}
//! ```
//!
//! ## How to fix
//!
//! Give the row a group: the smallest one that needs it.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/security.html>
//! * <https://cwe.mitre.org/data/definitions/732.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report};
use crate::shipped;
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("access-everybody-writes", "RGT001", Group::Rights, Severity::High, 732);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["access", "names"])?;
    let mut reports = Vec::new();
    for row in helpers::own_rows(view).filter(|row| row.group.is_none() && row.grants.changes()) {
        // A wizard's records belong to whoever made them.
        if helpers::is_transient(view, &row.model) {
            continue;
        }
        let sensitive = shipped::sensitive(&row.model);
        let effect = sensitive.map(|model| format!(": {}", model.effect)).unwrap_or_default();
        let report = Report::of(
            "ir.model.access",
            "active, no group, write, create or unlink",
            format!("everybody may {} {}{effect}", row.grants.text(), row.model),
        )
        .scope(row.model.clone())
        .records(vec![(row.id, row.name.clone())]);
        reports.push(if sensitive.is_some_and(|model| model.severity >= Severity::High) {
            report.severity(Severity::Critical)
        } else {
            report
        });
    }
    Ok(reports)
}
