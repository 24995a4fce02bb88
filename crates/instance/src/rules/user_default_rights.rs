//! Every new user gets administrative rights.
//!
//! ## What it does
//!
//! Looks at the template of new users: the archived user `base.default_user` up to 18.0, the group `base.default_user_group` from 19.0.
//!
//! ## Why it matters
//!
//! Nobody looks at a template, and each person who joins is an administrator from the first day.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 4, "login": "default", "active": false, "groups": [2]}], "names": {"res.users": {"4": "base.default_user"}}}
//! ```
//!
//! ```json odoo-19.0
//! {"groups": [{"id": 30, "name": "Default access for new users", "implies": [3]}], "names": {"res.groups": {"30": "base.default_user_group"}}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"users": [{"id": 4, "login": "default", "active": false, "groups": [1]}], "names": {"res.users": {"4": "base.default_user"}}}
//! ```
//!
//! ## How to fix
//!
//! Settings, Users, "Default Access Rights": remove everything that not every employee needs.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/276.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report};
use crate::view::{RIGHTS, SYSTEM, View, record};

pub(super) const META: RuleMeta = RuleMeta::new("user-default-rights", "USR021", Group::Users, Severity::High, 276);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "groups", "names"])?;
    let mut reports = Vec::new();
    let named = |model: &str, wanted: &str| {
        view.evidence.names.get(model)?.iter().find(|(_, name)| *name == wanted).map(|(id, _)| *id)
    };
    if let Some(user) = named("res.users", "base.default_user").and_then(|id| view.user(id))
        && view.is_administrator(user)
    {
        reports.push(
            Report::of("res.users", "base.default_user", "new users get the groups of an administrator")
                .records(vec![record(user)]),
        );
    }
    if let Some(id) = named("res.groups", "base.default_user_group")
        && [SYSTEM, RIGHTS].iter().filter_map(|name| view.group(name)).any(|group| view.closure(id).contains(&group))
    {
        reports.push(
            Report::of("res.groups", "base.default_user_group", "new users get the groups of an administrator")
                .records(vec![(id, view.group_label(id))]),
        );
    }
    Ok(reports)
}
