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

use super::helpers;
use crate::rule::Judged;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("right-to-run-code", "RGT007", Group::Rights, Severity::Critical, 250);

pub(super) fn check(view: &View<'_>) -> Judged {
    const MODELS: [&str; 8] = [
        "ir.actions.server",
        "ir.cron",
        "base.automation",
        "ir.ui.view",
        "ir.model",
        "ir.model.fields",
        "ir.actions.report",
        "ir.module.module",
    ];
    view.need(&["access", "users", "groups", "names"])?;
    Ok(MODELS.iter().filter_map(|model| helpers::changed_by_ordinary_users(view, model)).collect())
}
