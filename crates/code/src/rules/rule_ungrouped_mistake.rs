//! A rule meant for one group names none and holds for everybody.
//!
//! ## What it does
//!
//! Reports rules whose name or id speaks of a group (manager, portal, own documents) but that set no groups, or an
//! open domain without groups.
//!
//! ## Why it matters
//!
//! A rule without groups is joined by AND for all users: an open one changes nothing although it was meant to, a
//! narrow one locks everybody out, which people then repair by switching it off.
//!
//! ## Bad
//!
//! ```xml
//! <record id="note_rule_portal" model="ir.rule">
//!     <field name="name">Portal: own notes</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="domain_force">[('create_uid', '=', user.id)]</field>
//! </record>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <record id="note_rule_portal" model="ir.rule">
//!     <field name="name">Portal: own notes</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="groups" eval="[(4, ref('base.group_portal'))]"/>
//!     <field name="domain_force">[('create_uid', '=', user.id)]</field>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Set `groups`, or give the rule a name that says that it is global.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::rule::{Check, RecordView, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("rule-ungrouped-mistake", "DAT018", Group::Data, Severity::Medium, 863).confidence(Confidence::Medium);

pub(super) const CHECK: Check = Check::Record(check);

fn check(view: &RecordView<'_>, out: &mut Vec<Report>) {
    let record = view.record;
    if record.model != "ir.rule" || record.field("groups").is_some() || record.field("model_id").is_none() {
        return;
    }
    let words = format!("{} {}", record.id, record.value("name").unwrap_or_default()).to_ascii_lowercase();
    let group = ["portal", "manager", "salesman", "public", "officer"].into_iter().find(|word| {
        words.split(|char: char| !char.is_ascii_alphanumeric()).any(|part| part == *word)
    });
    let global = record.truth("global") == Some(true) || words.contains("global") || words.contains("compan");
    if let (Some(group), false) = (group, global) {
        let message = format!("this rule is meant for `{group}` users, but it sets no groups and so holds for everybody");
        out.push(Report::at(view.site(record.range), message));
    }
}
