//! A broad group implies an administrator group.
//!
//! ## What it does
//!
//! Reports groups that internal, portal or public users have and that imply Settings or Access Rights, directly or
//! through other groups.
//!
//! ## Why it matters
//!
//! Implied groups are given to every member: all employees, or all customers, become administrators at the next
//! upgrade of the module.
//!
//! ## Bad
//!
//! ```xml
//! <record id="base.group_user" model="res.groups">
//!     <field name="implied_ids" eval="[(4, ref('base.group_system'))]"/>
//! </record>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <record id="group_boss" model="res.groups">
//!     <field name="name">Boss</field>
//!     <field name="implied_ids" eval="[(4, ref('base.group_user'))]"/>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Turn the implication round: let the administrator group imply yours.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/269.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};
use ustr::Ustr;

use crate::program::{group_tier, references};
use crate::rule::{Check, RecordView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("grp-implied-admin", "DAT020", Group::Data, Severity::Critical, 269);

pub(super) const CHECK: Check = Check::Record(check);

fn check(view: &RecordView<'_>, out: &mut Vec<Report>) {
    let record = view.record;
    if record.model != "res.groups" {
        return;
    }
    let Some(field) = record.field("implied_ids") else { return };
    let id = view.full_id();
    let qualify = |name: String| {
        if name.contains('.') { name } else { format!("{}.{name}", view.program.module_of(view.file).map_or("", |module| module.name.as_str())) }
    };
    for implied in references(field).into_iter().map(qualify) {
        let closure = view.program.groups.closure(Ustr::from(&implied));
        let admin = closure
            .iter()
            .filter_map(|group| Some((group_tier(group.as_str()).filter(|tier| *tier >= 4)?, group)))
            .max_by_key(|(tier, group)| (*tier, group.as_str()))
            .map(|(_, group)| group);
        let Some(admin) = admin else { continue };
        let broad = group_tier(&id).is_some_and(|tier| tier <= 2) || implied_by_broad(view, &id);
        // Access Rights given by a manager group of the module is a choice that somebody should confirm.
        let report = Report::at(view.site(field.range), format!("every member of `{id}` becomes a member of `{admin}`"));
        if broad {
            out.push(report);
        } else if admin.as_str() == "base.group_system" {
            out.push(report.severity(Severity::High).confidence(Confidence::Medium));
        }
        return;
    }
}

/// Whether internal, portal or public users have the group.
fn implied_by_broad(view: &RecordView<'_>, id: &str) -> bool {
    ["base.group_user", "base.group_portal", "base.group_public"]
        .iter()
        .any(|broad| view.program.groups.implies(Ustr::from(broad), Ustr::from(id)))
}
