//! A record rule is opened by a leaf that is always true.
//!
//! ## What it does
//!
//! Reports domains that hold `(1, '=', 1)` below an OR, and OR between a condition and its opposite.
//!
//! ## Why it matters
//!
//! The OR makes the whole domain true: the restriction that stands beside it never applies.
//!
//! ## Bad
//!
//! ```xml
//! <record id="note_rule" model="ir.rule">
//!     <field name="name">Notes</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="groups" eval="[(4, ref('base.group_user'))]"/>
//!     <field name="domain_force">['|', ('user_id', '=', user.id), (1, '=', 1)]</field>
//! </record>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <record id="note_rule" model="ir.rule">
//!     <field name="name">Notes</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="groups" eval="[(4, ref('base.group_user'))]"/>
//!     <field name="domain_force">['|', ('user_id', '=', user.id), ('user_id', '=', False)]</field>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Write the condition that was meant and remove the leaf that is always true.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::program::{Program, RecordRule};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("rule-or-true", "DAT012", Group::Data, Severity::High, 863);

pub(super) const CHECK: Check = Check::RecordRule(check);

fn check(_: &Program<'_>, rule: &RecordRule) -> Option<Report> {
    let domain = rule.domain.as_deref()?;
    let folded: String = domain.chars().filter(|char| !char.is_whitespace()).collect::<String>().replace('"', "'");
    let always = ["(1,'=',1)", "[1,'=',1]", "(0,'=',0)", "('id','!=',False)", "('id','>',0)"];
    let opened = folded.contains("'|'") && always.iter().any(|leaf| folded.contains(leaf));
    let opposites = folded.contains("'|'") && folded.match_indices(",'=',False)").any(|(at, _)| {
        let field = folded[..at].rsplit('(').next().unwrap_or_default();
        folded.contains(&format!("({field},'!=',False)"))
    });
    ((opened || opposites) && rule.active != Some(false))
        .then(|| Report::at(rule.domain_site, format!("the OR makes this domain true for every record of `{}`", rule.model)))
}
