//! A record rule has no effect, because another one lets everything through.
//!
//! ## What it does
//!
//! Rules of groups add up. Looks for rules of a group whose members all have another group, or the same one, with a rule for the same model
//! and operations that is always true. Pairs that Odoo ships itself are left out.
//!
//! ## Why it matters
//!
//! Whoever wrote the narrow rule believes that the group sees its own records; it sees them all.
//!
//! ## Bad
//!
//! ```json
//! {"access": [{"id": 9, "name": "order", "model": "sale.order", "group": 8, "active": true, "grants": {"read": true, "write": true, "create": true, "unlink": false}}],
//!  "rules": [{"id": 8, "name": "own orders", "model": "sale.order", "groups": [8], "domain": "[('user_id', '=', user.id)]", "operations": {"read": true, "write": true, "create": true, "unlink": true}, "active": true},
//!            {"id": 9, "name": "all orders", "model": "sale.order", "groups": [1], "domain": "[(1, '=', 1)]", "operations": {"read": true, "write": true, "create": true, "unlink": true}, "active": true}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"rules": [{"id": 8, "name": "own orders", "model": "sale.order", "groups": [8], "domain": "[('user_id', '=', user.id)]", "operations": {"read": true, "write": true, "create": true, "unlink": true}, "active": true},
//!            {"id": 9, "name": "all orders", "model": "sale.order", "groups": [11], "domain": "[(1, '=', 1)]", "operations": {"read": true, "write": true, "create": true, "unlink": true}, "active": true}]}
//! ```
//!
//! ## How to fix
//!
//! Give the open rule to the smaller group that is meant to see everything.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/security.html>
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rights;
use crate::rule::{Judged, Report};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("rule-void", "RGT022", Group::Rights, Severity::Medium, 863);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["rules", "groups", "names"])?;
    let active: Vec<_> = view.evidence.rules.iter().filter(|rule| rule.active && !rule.groups.is_empty()).collect();
    let (open, narrow): (Vec<_>, Vec<_>) = active.into_iter().partition(|rule| rights::is_always_true(&rule.domain));
    let mut reports = Vec::new();
    for rule in narrow {
        let undone_by = open.iter().find(|other| {
            let by_odoo = view.is_by_odoo("ir.rule", rule.id) && view.is_by_odoo("ir.rule", other.id);
            let all = |group: &i64| other.groups.iter().any(|one| one == group || view.closure(*group).contains(one));
            other.model == rule.model
                && !by_odoo
                && rule.operations.without(other.operations).is_empty()
                && rule.groups.iter().all(all)
        });
        let Some(other) = undone_by else { continue };
        let names: Vec<String> = rule.groups.iter().map(|group| view.group_label(*group)).collect();
        let message = format!(
            "the rule \"{}\" keeps {} from nothing in {}: \"{}\" ({}) lets them see everything",
            rule.name,
            names.join(", "),
            rule.model,
            other.name,
            other.id
        );
        reports.push(
            Report::of("ir.rule", "active, of a group whose members have a rule that is always true", message)
                .scope(rule.id.to_string())
                .records(vec![(rule.id, rule.name.clone()), (other.id, other.name.clone())]),
        );
    }
    Ok(reports)
}
