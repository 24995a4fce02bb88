//! Somebody who is no administrator can read or change technical settings.
//!
//! ## What it does
//!
//! Works out which active users may read or write system parameters, mail servers or mail templates with more than Odoo ships.
//!
//! ## Why it matters
//!
//! Parameters hold the secret that signs sessions and keys of other services; mail servers hold passwords.
//!
//! ## Bad
//!
//! ```json
//! {"access": [{"id": 90, "name": "x", "model": "ir.config_parameter", "active": true, "group": 8, "grants": {"read": true}}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"access": [{"id": 90, "name": "x", "model": "ir.config_parameter", "active": true, "group": 2, "grants": {"read": true}}]}
//! ```
//!
//! ## How to fix
//!
//! Remove the right; code that needs one parameter reads it with `sudo`.
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

pub(super) const META: RuleMeta = RuleMeta::new("right-to-settings", "RGT009", Group::Rights, Severity::High, 250);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["access", "users", "groups", "names"])?;
    let mut reports = Vec::new();
    for model in ["ir.config_parameter", "ir.mail_server", "fetchmail.server"] {
        let mut records = Vec::new();
        for operation in [Operation::Read, Operation::Write] {
            for (user, _) in rights::who_can(view, operation, model) {
                if !view.is_administrator(user) && !records.iter().any(|(id, _)| *id == user.id) {
                    records.push(record(user));
                }
            }
        }
        if !records.is_empty() {
            let message = format!("users who are no administrators and may read or change {model}: {}", records.len());
            let report =
                Report::of("res.users", format!("active, no administrator, may read or write {model}"), message)
                    .scope(model)
                    .records(records);
            reports.push(if model == "ir.config_parameter" { report.severity(Severity::Critical) } else { report });
        }
    }
    Ok(reports)
}
