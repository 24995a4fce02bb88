//! Everybody who signs up gets too much.
//!
//! ## What it does
//!
//! Looks at the template of portal users (`base.template_portal_user_id`): whether it is active or has internal groups.
//!
//! ## Why it matters
//!
//! Its groups are copied to every account that somebody makes for himself on the website.
//!
//! ## Bad
//!
//! ```json
//! {"users": [{"id": 5, "groups": [4, 8]}], "parameters": [{"key": "base.template_portal_user_id", "value": "5"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"parameters": [{"key": "base.template_portal_user_id", "value": "5"}]}
//! ```
//!
//! ## How to fix
//!
//! Leave it with the portal group alone, and archived.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/269.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found, not_applicable};
use crate::view::{INTERNAL, RIGHTS, SYSTEM, View, record, record_with};

pub(super) const META: RuleMeta =
    RuleMeta::new("user-template-powerful", "USR020", Group::Users, Severity::Critical, 269);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["users", "groups", "names"])?;
    let by_parameter = view.parameter("base.template_portal_user_id").and_then(|value| value.parse().ok());
    let by_name = || {
        let names = view.evidence.names.get("res.users")?;
        names.iter().find(|(_, name)| *name == "base.template_portal_user_id").map(|(id, _)| *id)
    };
    let Some(user) = by_parameter.or_else(by_name).and_then(|id| view.user(id)) else {
        return not_applicable("there is no template of portal users");
    };
    let inside = [SYSTEM, RIGHTS, INTERNAL].into_iter().find(|group| view.has_group(user, group));
    match inside {
        Some(group) => found(
            Report::of("res.users", "template of portal users", format!("whoever signs up gets {group}"))
                .records(vec![record_with(user, group)]),
        ),
        None if user.active => found(
            Report::of(
                "res.users",
                "template of portal users, active",
                "the template of portal users is active and can log in",
            )
            .records(vec![record(user)])
            .severity(Severity::Medium),
        ),
        None => FINE,
    }
}
