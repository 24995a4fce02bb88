//! An access row of Odoo lets more than it was shipped with.
//!
//! ## What it does
//!
//! Compares active access rows of Odoo's own modules with what Odoo ships for the same model and group in the series.
//!
//! ## Why it matters
//!
//! Somebody clicked a right on that an update does not take back: it stays for ever, and no module tells of it.
//!
//! ## Bad
//!
//! ```json
//! {"access": [{"id": 91, "name": "ir_cron user", "model": "ir.cron", "active": true, "group": 1, "grants": {"read": true, "write": true}}], "names": {"ir.model.access": {"91": "base.access_ir_cron_user"}}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"access": [{"id": 91, "name": "ir_cron system", "model": "ir.cron", "active": true, "group": 2, "grants": {"read": true, "write": true}}], "names": {"ir.model.access": {"91": "base.access_ir_cron_group_cron"}}}
//! ```
//!
//! ## How to fix
//!
//! Set the row back to what the module ships.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/security.html>
//! * <https://cwe.mitre.org/data/definitions/269.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report};
use crate::shipped;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("access-shipped-widened", "RGT006", Group::Rights, Severity::High, 269)
    .confidence(Confidence::Medium);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["access", "groups", "names"])?;
    let mut reports = Vec::new();
    for row in view.evidence.access.iter().filter(|row| row.active && view.is_by_odoo("ir.model.access", row.id)) {
        let Some(more) = helpers::beyond_shipped(view, row).filter(|more| more.changes()) else { continue };
        let Some(sensitive) = shipped::sensitive(&row.model) else { continue };
        let group = row.group.map_or_else(|| "everybody".to_owned(), |group| view.group_label(group));
        reports.push(
            Report::of(
                "ir.model.access",
                "shipped by Odoo, more than it was shipped with",
                format!("{group} may {} {}: {}", more.text(), row.model, sensitive.effect),
            )
            .scope(format!("{} {}", row.model, row.group.unwrap_or(0)))
            .records(vec![(row.id, row.name.clone())])
            .severity(sensitive.severity),
        );
    }
    Ok(reports)
}
