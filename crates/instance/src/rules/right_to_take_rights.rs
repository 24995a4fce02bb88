//! Somebody who is no administrator can take any right.
//!
//! ## What it does
//!
//! Works out which active users may write or create users, groups, access rows, record rules, API keys or providers of log-in.
//!
//! ## Why it matters
//!
//! With one call they add a group to themselves, set a password of somebody else, or log in as anybody.
//!
//! ## Bad
//!
//! ```json
//! {"access": [{"id": 90, "name": "x", "model": "res.groups", "active": true, "group": 8, "grants": {"write": true}}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"access": [{"id": 90, "name": "x", "model": "res.groups", "active": true, "group": 8, "grants": {"read": true}}]}
//! ```
//!
//! ## How to fix
//!
//! Remove the right from the group.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/security.html>
//! * <https://cwe.mitre.org/data/definitions/269.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::evidence::Operation;
use crate::rights;
use crate::rule::{Judged, Report};
use crate::view::{View, record};

pub(super) const META: RuleMeta =
    RuleMeta::new("right-to-take-rights", "RGT008", Group::Rights, Severity::Critical, 269);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["access", "users", "groups", "names"])?;
    let mut reports = Vec::new();
    for model in [
        "res.users",
        "res.groups",
        "ir.model.access",
        "ir.rule",
        "ir.access",
        "auth.oauth.provider",
        "res.company.ldap",
    ] {
        let mut records = Vec::new();
        let mut rows = Vec::new();
        for operation in [Operation::Write, Operation::Create] {
            for (user, reasons) in rights::who_can(view, operation, model) {
                if view.is_administrator(user) || records.iter().any(|(id, _)| *id == user.id) {
                    continue;
                }
                rows.extend(reasons.rows.first().map(|row| format!("{} ({})", row.id, row.name)));
                records.push(record(user));
            }
        }
        if !records.is_empty() {
            rows.sort();
            rows.dedup();
            let message = format!(
                "users who are no administrators and may change {model}: {}, by access row {}",
                records.len(),
                rows.join(", ")
            );
            reports.push(
                Report::of("res.users", format!("active, no administrator, may write or create {model}"), message)
                    .scope(model)
                    .records(records),
            );
        }
    }
    Ok(reports)
}
