//! A group makes administrators of its members without saying so.
//!
//! ## What it does
//!
//! Follows implied groups: a group that is none of Odoo's own, or the group of internal, portal or public users, and brings "Settings" or
//! "Access Rights" with it.
//!
//! ## Why it matters
//!
//! Whoever gives the group believes to give the rights of an application, and gives all.
//!
//! ## Bad
//!
//! ```json
//! {"groups": [{"id": 40, "name": "Warehouse / Lead", "implies": [3]}]}
//! ```
//!
//! ```json
//! {"groups": [{"id": 1, "implies": [2]}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"groups": [{"id": 40, "name": "Warehouse / Lead", "implies": [1]}]}
//! ```
//!
//! ## How to fix
//!
//! Remove the implied group; give administrators their group by hand.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/security.html>
//! * <https://cwe.mitre.org/data/definitions/269.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report};
use crate::view::{INTERNAL, PORTAL, PUBLIC, RIGHTS, SYSTEM, View};

pub(super) const META: RuleMeta =
    RuleMeta::new("group-brings-administrator", "RGT010", Group::Rights, Severity::Critical, 269);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["groups", "names"])?;
    let mut reports = Vec::new();
    for group in &view.evidence.groups {
        // Odoo's own groups bring what they should, but for these: somebody changed them.
        let ordinary = [INTERNAL, PORTAL, PUBLIC].into_iter().any(|name| view.group(name) == Some(group.id));
        for name in [SYSTEM, RIGHTS] {
            let Some(strong) = view.group(name) else { continue };
            if group.id == strong
                || !view.closure(group.id).contains(&strong)
                || (view.is_by_odoo("res.groups", group.id) && !ordinary)
            {
                continue;
            }
            let path: Vec<String> = view.path(group.id, strong).into_iter().map(|id| view.group_label(id)).collect();
            let members = view.active().filter(|user| user.groups.contains(&group.id)).count();
            reports.push(
                Report::of(
                    "res.groups",
                    format!("implies {name}"),
                    format!("{} brings {name} to its {members} members", view.group_label(group.id)),
                )
                .scope(group.id.to_string())
                .records(vec![(group.id, path.join(" > "))]),
            );
            break;
        }
    }
    Ok(reports)
}
