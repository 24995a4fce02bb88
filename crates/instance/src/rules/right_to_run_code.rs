//! Somebody who is no administrator can run code on the server.
//!
//! ## What it does
//!
//! Works out, with implied groups, which active users may write or create server actions, jobs, automation rules, views, models with computed
//! fields, reports or modules.
//!
//! ## Why it matters
//!
//! Each of these is code that Odoo runs with its own rights: the user is an administrator after one call.
//!
//! ## Bad
//!
//! ```json
//! {"access": [{"id": 90, "name": "x", "model": "ir.cron", "active": true, "group": 8, "grants": {"write": true}}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"access": [{"id": 90, "name": "x", "model": "ir.cron", "active": true, "group": 8, "grants": {"read": true}}]}
//! ```
//!
//! ## How to fix
//!
//! Remove the right from the group; a person who needs it is an administrator and should be seen as one.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/security.html>
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::evidence::Operation;
use crate::rights;
use crate::rule::{Judged, Report};
use crate::view::{View, record};

pub(super) const META: RuleMeta = RuleMeta::new("right-to-run-code", "RGT007", Group::Rights, Severity::Critical, 250);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["access", "users", "groups", "names"])?;
    let mut reports = Vec::new();
    for model in [
        "ir.actions.server",
        "ir.cron",
        "base.automation",
        "ir.ui.view",
        "ir.model",
        "ir.model.fields",
        "ir.actions.report",
        "ir.module.module",
    ] {
        let mut records = Vec::new();
        let mut rows = Vec::new();
        for operation in [Operation::Write, Operation::Create] {
            for (user, reasons) in rights::who_can(view, operation, model) {
                // Website designers may change views by Odoo's own design: told with their group, not here.
                let designer =
                    model == "ir.ui.view" && reasons.rows.iter().all(|row| view.is_by_odoo("ir.model.access", row.id));
                if view.is_administrator(user) || designer || records.iter().any(|(id, _)| *id == user.id) {
                    continue;
                }
                let row = reasons.rows.first().map(|row| (row.id, row.name.as_str()));
                rows.extend(row.map(|(id, name)| format!("{id} ({name})")));
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
