//! A record rule of another module is switched off or opened.
//!
//! ## What it does
//!
//! Reports records that change a rule of another module: inactive, an open domain, or other groups.
//!
//! ## Why it matters
//!
//! The separation of companies, customers or employees that Odoo ships is gone for the whole database.
//!
//! ## Bad
//!
//! ```xml
//! <record id="sale.sale_order_comp_rule" model="ir.rule">
//!     <field name="active" eval="False"/>
//! </record>
//! ```
//!
//! ## Good
//!
//! ```xml
//! <record id="sale.sale_order_comp_rule" model="ir.rule">
//!     <field name="perm_unlink" eval="True"/>
//! </record>
//! ```
//!
//! ## How to fix
//!
//! Leave the rule alone and add a rule of your own for the group that needs more.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::program::{Program, RecordRule};
use crate::rule::{Check, Report};

pub(super) const META: RuleMeta =
    RuleMeta::new("rule-disabled-core", "DAT016", Group::Data, Severity::High, 863);

pub(super) const CHECK: Check = Check::RecordRule(check);

fn check(_: &Program<'_>, rule: &RecordRule) -> Option<Report> {
    if !rule.foreign {
        return None;
    }
    let how = if rule.active == Some(false) {
        "switches off"
    } else if rule.domain.is_some() && rule.is_open() {
        "opens"
    } else {
        return None;
    };
    Some(Report::at(rule.site, format!("{how} the record rule `{}` of another module", rule.id)))
}
