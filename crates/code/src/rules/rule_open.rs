//! A record rule lets an ordinary group see everything.
//!
//! ## What it does
//!
//! Reports rules for internal, portal or public users whose domain is always true.
//!
//! ## Why it matters
//!
//! Rules of groups are joined by OR: this one defeats every other rule of the groups that the same users have.
//!
//! ## Bad
//!
//! ```xml
//! <record id="note_rule" model="ir.rule">
//!     <field name="name">Notes</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="groups" eval="[(4, ref('base.group_portal'))]"/>
//!     <field name="domain_force">[(1, '=', 1)]</field>
//! </record>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <record id="note_rule" model="ir.rule">
//!     <field name="name">Notes</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="groups" eval="[(4, ref('base.group_system'))]"/>
//!     <field name="domain_force">[(1, '=', 1)]</field>
//! </record>
//! ```
//!
//! ```xml
//! <record id="note_rule" model="ir.rule">
//!     <field name="name">Notes</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="domain_force">[('company_id', 'in', company_ids)]</field>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Restrict the domain, or give "sees everything" to a manager group only.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::program::{Program, RecordRule};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("rule-open", "DAT011", Group::Data, Severity::High, 863);

pub(super) const CHECK: Check = Check::RecordRule(check);

fn check(program: &Program<'_>, rule: &RecordRule) -> Option<Report> {
    if !rule.is_open() || rule.active == Some(false) {
        return None;
    }
    let group = rule.groups.iter().find(|group| {
        matches!(group.as_str(), "base.group_user" | "base.group_portal" | "base.group_public")
    })?;
    let outside = group.as_str() != "base.group_user";
    let report = Report::at(rule.domain_site, format!("every member of `{group}` reaches every record of `{}`", rule.model));
    let restricted = program.rules.iter().any(|other| other.model == rule.model && !other.is_open() && other.id != rule.id);
    Some(match (outside, restricted) {
        (true, _) => report,
        (false, true) => report.confidence(Confidence::Medium),
        // Internal users see what the access rows allow anyway.
        (false, false) => report.severity(Severity::Medium).confidence(Confidence::Medium),
    })
}
