//! A record rule does nothing.
//!
//! ## What it does
//!
//! Looks at active rules that hold for no operation.
//!
//! ## Why it matters
//!
//! It looks like protection and is none.
//!
//! ## Bad
//!
//! ```json
//! {"rules": [{"id": 9, "name": "idle", "model": "sale.order", "groups": [8], "domain": "[('user_id', '=', user.id)]", "active": true, "operations": {}}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"rules": [{"id": 9, "name": "own", "model": "sale.order", "groups": [8], "domain": "[('user_id', '=', user.id)]", "active": true, "operations": {"read": true}}]}
//! ```
//!
//! ## How to fix
//!
//! Switch on the operations that it is meant for, or remove it.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/security.html>
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("rule-empty", "RGT015", Group::Rights, Severity::Low, 863);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["rules"])?;
    let records: Vec<_> = view
        .evidence
        .rules
        .iter()
        .filter(|rule| rule.active && rule.operations.is_empty())
        .map(|rule| (rule.id, format!("{} on {}", rule.name, rule.model)))
        .collect();
    let message = format!("record rules that hold for no operation: {}", records.len());
    found_if_any(Report::of("ir.rule", "active, no operation", message).records(records))
}
