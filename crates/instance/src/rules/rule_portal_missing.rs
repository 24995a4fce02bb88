//! A customer can read the records of all customers.
//!
//! ## What it does
//!
//! Looks at models that portal or public users may read by a row that Odoo does not ship, and that no active rule
//! narrows to their own records or to published ones. A rule by company narrows nothing for a customer.
//!
//! ## Why it matters
//!
//! With the number in a URL or a call through RPC, each customer reads what belongs to the others.
//!
//! ## Bad
//!
//! ```json
//! {"models": [{"id": 90, "model": "x_rental", "name": "Rental"}], "access": [{"id": 90, "name": "x", "model": "x_rental", "active": true, "group": 4, "grants": {"read": true}}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"models": [{"id": 90, "model": "x_rental", "name": "Rental"}], "access": [{"id": 90, "name": "x", "model": "x_rental", "active": true, "group": 4, "grants": {"read": true}}], "rules": [{"id": 9, "name": "own", "model": "x_rental", "groups": [4], "domain": "[('partner_id', 'child_of', user.partner_id.id)]", "active": true, "operations": {"read": true}}]}
//! ```
//!
//! ## How to fix
//!
//! Add a rule for the group, such as `[('partner_id', 'child_of', user.commercial_partner_id.id)]`.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/security.html>
//! * <https://cwe.mitre.org/data/definitions/639.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::evidence::Operation;
use crate::rights;
use crate::rule::{Judged, Report};
use crate::view::{PORTAL, PUBLIC, View};

pub(super) const META: RuleMeta = RuleMeta::new("rule-portal-missing", "RGT014", Group::Rights, Severity::High, 639);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["rules", "access", "groups", "names"])?;
    let mut reports = Vec::new();
    for name in [PORTAL, PUBLIC] {
        let Some(group) = view.group(name) else { continue };
        for row in view.evidence.access.iter().filter(|row| row.active && row.grants.read && row.group == Some(group)) {
            if view.is_by_odoo("ir.model.access", row.id)
                || helpers::is_transient(view, &row.model)
                || helpers::beyond_shipped(view, row).is_some_and(|more| !more.read)
            {
                continue;
            }
            let reasons = rights::of_groups(view, view.closure(group), &row.model, Operation::Read);
            if !reasons.everybody.iter().chain(&reasons.grouped).any(|rule| helpers::is_for_owner(&rule.domain)) {
                reports.push(
                    Report::of(
                        "ir.model.access",
                        format!("active, {name}, read, no rule"),
                        format!(
                            "{} see every record of {}",
                            if name == PORTAL { "portal users" } else { "visitors" },
                            row.model
                        ),
                    )
                    .scope(format!("{name} {}", row.model))
                    .records(vec![(row.id, row.name.clone())]),
                );
            }
        }
    }
    Ok(reports)
}
