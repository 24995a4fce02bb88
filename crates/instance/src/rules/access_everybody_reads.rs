//! Everybody may read records of a model.
//!
//! ## What it does
//!
//! Looks at active access rows without a group that let read, on models that need care or that are not from Odoo.
//!
//! ## Why it matters
//!
//! Visitors of the website can read them through RPC with no more than the public user; record rules alone stand in between.
//!
//! ## Bad
//!
//! ```json
//! {"access": [{"id": 90, "name": "x", "model": "hr.employee", "active": true, "grants": {"read": true}}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"access": [{"id": 90, "name": "x", "model": "hr.employee", "active": true, "group": 1, "grants": {"read": true}}]}
//! ```
//!
//! ## How to fix
//!
//! Give the row a group.
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
    RuleMeta::new("access-everybody-reads", "RGT002", Group::Rights, Severity::Medium, 732);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["access", "names"])?;
    let mut reports = Vec::new();
    for row in helpers::own_rows(view).filter(|row| row.group.is_none() && row.grants.read && !row.grants.changes()) {
        if helpers::is_transient(view, &row.model) {
            continue;
        }
        let report =
            Report::of("ir.model.access", "active, no group, read", format!("everybody may read {}", row.model))
                .scope(row.model.clone())
                .records(vec![(row.id, row.name.clone())]);
        let careful = shipped::sensitive(&row.model).is_some_and(|model| model.severity >= Severity::High);
        reports.push(if careful { report.severity(Severity::High) } else { report });
    }
    Ok(reports)
}
