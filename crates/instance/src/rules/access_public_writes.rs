//! Visitors of the website may change records.
//!
//! ## What it does
//!
//! Looks at active access rows of the group of public users that let write, create or delete and that Odoo does not ship.
//!
//! ## Why it matters
//!
//! Whoever finds a route that reads its input, or RPC with the public user, changes the data of the company.
//!
//! ## Bad
//!
//! ```json
//! {"access": [{"id": 90, "name": "x", "model": "res.partner", "active": true, "group": 5, "grants": {"write": true}}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"access": [{"id": 90, "name": "x", "model": "res.partner", "active": true, "group": 5, "grants": {"read": true}}]}
//! ```
//!
//! ## How to fix
//!
//! Remove the row; let the controller do the one thing with `sudo` after it has checked the input.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/security.html>
//! * <https://cwe.mitre.org/data/definitions/732.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, not_applicable};
use crate::view::{PUBLIC, View};

pub(super) const META: RuleMeta =
    RuleMeta::new("access-public-writes", "RGT003", Group::Rights, Severity::Critical, 732);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["access", "groups", "names"])?;
    let Some(group) = view.group(PUBLIC) else { return not_applicable("there is no group of public users") };
    Ok(helpers::rows_beyond_shipped(view, group)
        .filter(|(row, more)| more.changes() && !helpers::is_transient(view, &row.model))
        .map(|(row, more)| {
            Report::of(
                "ir.model.access",
                "active, base.group_public, more than Odoo ships",
                format!("visitors of the website may {} {}", more.text(), row.model),
            )
            .scope(row.model.clone())
            .records(vec![(row.id, row.name.clone())])
        })
        .collect())
}
