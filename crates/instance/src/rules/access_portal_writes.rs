//! Customers may change records beyond what Odoo ships.
//!
//! ## What it does
//!
//! Looks at active access rows of the portal group that let write, create or delete and that Odoo does not ship.
//!
//! ## Why it matters
//!
//! Customers have a log-in, and with open sign-up everybody has: what they may change through RPC has no page in front that checks it.
//!
//! ## Bad
//!
//! ```json
//! {"access": [{"id": 90, "name": "x", "model": "res.partner", "active": true, "group": 4, "grants": {"write": true}}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"access": [{"id": 90, "name": "x", "model": "res.partner", "active": true, "group": 8, "grants": {"write": true}}]}
//! ```
//!
//! ## How to fix
//!
//! Take writing away from the group; let a controller do it for the one record after it has checked who asks.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/security.html>
//! * <https://cwe.mitre.org/data/definitions/732.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, not_applicable};
use crate::shipped;
use crate::view::{PORTAL, View};

pub(super) const META: RuleMeta = RuleMeta::new("access-portal-writes", "RGT004", Group::Rights, Severity::High, 732);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["access", "groups", "names"])?;
    let Some(group) = view.group(PORTAL) else { return not_applicable("there is no group of portal users") };
    Ok(helpers::rows_beyond_shipped(view, group)
        .filter(|(row, more)| more.changes() && !helpers::is_transient(view, &row.model))
        .map(|(row, more)| {
            let careful = shipped::sensitive(&row.model).is_some_and(|model| model.severity == Severity::Critical);
            let report = Report::of(
                "ir.model.access",
                "active, base.group_portal, more than Odoo ships",
                format!("portal users may {} {}", more.text(), row.model),
            )
            .scope(row.model.clone())
            .records(vec![(row.id, row.name.clone())]);
            if careful { report.severity(Severity::Critical) } else { report }
        })
        .collect())
}
