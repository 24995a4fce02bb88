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

use super::helpers;
use crate::rule::Judged;
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("right-to-take-rights", "RGT008", Group::Rights, Severity::Critical, 269);

pub(super) fn check(view: &View<'_>) -> Judged {
    const MODELS: [&str; 7] = [
        "res.users",
        "res.groups",
        "ir.model.access",
        "ir.rule",
        "ir.access",
        "auth.oauth.provider",
        "res.company.ldap",
    ];
    view.need(&["access", "users", "groups", "names"])?;
    Ok(MODELS.iter().filter_map(|model| helpers::changed_by_ordinary_users(view, model)).collect())
}
