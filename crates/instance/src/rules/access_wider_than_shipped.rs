//! A group may do more with a model than Odoo ships.
//!
//! ## What it does
//!
//! Compares active access rows on 140 models of Odoo with those that Odoo ships in the series, for groups other than administrators, portal and
//! public.
//!
//! ## Why it matters
//!
//! What was meant for one screen holds for RPC and export as well.
//!
//! ## Bad
//!
//! ```json
//! {"access": [{"id": 90, "name": "x", "model": "res.users", "active": true, "group": 1, "grants": {"write": true}}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"access": [{"id": 90, "name": "x", "model": "res.users", "active": true, "group": 3, "grants": {"write": true}}]}
//! ```
//!
//! ## How to fix
//!
//! Restore the row as Odoo ships it, or give the right to a smaller group.
//!
//! ## Limits
//!
//! Rows of Enterprise modules and of Odoo's own modules are taken for shipped.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/security.html>
//! * <https://cwe.mitre.org/data/definitions/269.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report};
use crate::shipped;
use crate::view::{PORTAL, PUBLIC, RIGHTS, SYSTEM, View};

pub(super) const META: RuleMeta =
    RuleMeta::new("access-wider-than-shipped", "RGT005", Group::Rights, Severity::Medium, 269);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["access", "groups", "names"])?;
    let mut reports = Vec::new();
    for group in &view.evidence.groups {
        let closure = view.closure(group.id);
        let strong =
            [SYSTEM, RIGHTS].into_iter().filter_map(|name| view.group(name)).any(|strong| closure.contains(&strong));
        let outside =
            [PORTAL, PUBLIC].into_iter().filter_map(|name| view.group(name)).any(|outside| group.id == outside);
        if strong || outside {
            continue;
        }
        for (row, more) in helpers::rows_beyond_shipped(view, group.id) {
            let Some(sensitive) = shipped::sensitive(&row.model) else { continue };
            // Rows of Odoo's own modules for groups of their own are shipped, too: the table has the most important models.
            if view.is_by_odoo("ir.model.access", row.id) || shipped::access(&row.model, view.series()).is_none() {
                continue;
            }
            let severity = if more.changes() { sensitive.severity } else { Severity::Low };
            reports.push(
                Report::of(
                    "ir.model.access",
                    "active, more than Odoo ships for the group",
                    format!("{} may {} {}: {}", view.group_label(group.id), more.text(), row.model, sensitive.effect),
                )
                .scope(format!("{} {}", row.model, group.id))
                .records(vec![(row.id, row.name.clone())])
                .severity(severity),
            );
        }
    }
    Ok(reports)
}
