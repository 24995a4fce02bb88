//! A company rule looks at the user's main company instead of the allowed ones.
//!
//! ## What it does
//!
//! Reports rules that compare with `user.company_id` although the series offers `company_ids`.
//!
//! ## Why it matters
//!
//! The rule does not follow the companies that are switched on: users see records of a company that they left, or
//! miss their own, and people work around it with `sudo()`.
//!
//! ## Bad
//!
//! ```xml
//! <record id="note_rule" model="ir.rule">
//!     <field name="name">Notes</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="domain_force">[('company_id', '=', user.company_id.id)]</field>
//! </record>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <record id="note_rule" model="ir.rule">
//!     <field name="name">Notes</field>
//!     <field name="model_id" ref="model_x_note"/>
//!     <field name="domain_force">['|', ('company_id', '=', False), ('company_id', 'in', company_ids)]</field>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Compare with `company_ids`: `['|', ('company_id', '=', False), ('company_id', 'in', company_ids)]`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Group, RuleMeta, SeriesRange, Severity};

use crate::program::{Program, RecordRule};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("rule-company-singular", "DAT017", Group::Data, Severity::Medium, 863).series(SeriesRange::since(13));

pub(super) const CHECK: Check = Check::RecordRule(check);

fn check(_: &Program<'_>, rule: &RecordRule) -> Option<Report> {
    let domain = rule.domain.as_deref()?;
    (domain.contains("user.company_id") && !domain.contains("company_ids"))
        .then(|| Report::at(rule.domain_site, format!("this rule of `{}` looks at the user's main company only", rule.model)))
}
