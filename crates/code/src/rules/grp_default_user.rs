//! Every new user gets a privileged group.
//!
//! ## What it does
//!
//! Reports data that adds administrator or manager groups to the template of new users, to the public or portal
//! template, or to all users at once.
//!
//! ## Why it matters
//!
//! Each account that is made from then on, by an invitation or by open sign-up, starts with the rights of a
//! manager.
//!
//! ## Bad
//!
//! ```xml
//! <record id="base.default_user" model="res.users">
//!     <field name="groups_id" eval="[(4, ref('base.group_system'))]"/>
//! </record>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <record id="base.user_admin" model="res.users">
//!     <field name="groups_id" eval="[(4, ref('base.group_system'))]"/>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Give the group to named users, or to `base.user_root` and `base.user_admin` only.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/269.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::program::{group_tier, references};
use crate::rule::{Check, RecordView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("grp-default-user", "DAT021", Group::Data, Severity::High, 269);

pub(super) const CHECK: Check = Check::Record(check);

const TEMPLATES: [&str; 6] = [
    "base.default_user", "base.template_portal_user_id", "base.public_user", "auth_signup.default_template_user_config",
    "base.default_user_group", "base.group_user",
];

fn check(view: &RecordView<'_>, out: &mut Vec<Report>) {
    let record = view.record;
    let id = view.full_id();
    // The other side: a privileged group that takes in a template or the public user.
    let privileged = record.model == "res.groups" && group_tier(&id).is_some_and(|tier| tier >= 3);
    if privileged && !view.program.is_demo(view.file) {
        for field in record.fields.iter().filter(|field| matches!(field.name.as_str(), "users" | "user_ids")) {
            if let Some(user) = references(field).into_iter().find(|user| TEMPLATES.contains(&user.as_str())) {
                out.push(Report::at(view.site(field.range), format!("`{user}`, and every user made from it, gets `{id}`")));
                return;
            }
        }
    }
    if !TEMPLATES.contains(&id.as_str()) || view.program.is_demo(view.file) {
        return;
    }
    let names: &[&str] = if record.model == "res.users" { &["groups_id", "group_ids"] } else { &["users", "user_ids"] };
    for field in record.fields.iter().filter(|field| names.contains(&field.name.as_str())) {
        for group in references(field) {
            let power = group_tier(&group).is_some_and(|tier| tier >= 3) || group.ends_with("_manager") || group.ends_with("_admin");
            if power {
                out.push(Report::at(view.site(field.range), format!("every user made from `{id}` gets `{group}`")));
                return;
            }
        }
    }
}
