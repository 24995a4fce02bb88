//! A record rule lets every record through.
//!
//! ## What it does
//!
//! Looks at active rules of ordinary groups whose domain is always true, on models that have
//! narrower rules, too, or that are worth stealing.
//!
//! ## Why it matters
//!
//! Rules of groups are joined by "or": one that lets everything through undoes all others for its members.
//!
//! ## Bad
//!
//! ```json
//! {"rules": [{"id": 9, "name": "mine", "model": "sale.order", "groups": [8], "domain": "[('user_id', '=', user.id)]", "active": true, "operations": {"read": true}}, {"id": 10, "name": "all", "model": "sale.order", "groups": [1], "domain": "[(1, '=', 1)]", "active": true, "operations": {"read": true}}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"rules": [{"id": 9, "name": "mine", "model": "sale.order", "groups": [8], "domain": "[('user_id', '=', user.id)]", "active": true, "operations": {"read": true}}, {"id": 10, "name": "lead", "model": "sale.order", "groups": [7], "domain": "[(1, '=', 1)]", "active": true, "operations": {"read": true}}], "names": {"ir.rule": {"10": "base.sale_lead"}}}
//! ```
//!
//! ## How to fix
//!
//! Remove the rule, or give it to the smallest group that must see everything.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/security.html>
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rights;
use crate::rule::{Judged, Report};
use crate::view::{INTERNAL, PORTAL, PUBLIC, RIGHTS, SYSTEM, View};

pub(super) const META: RuleMeta = RuleMeta::new("rule-always-true", "RGT011", Group::Rights, Severity::High, 863);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["rules", "groups", "names"])?;
    let mut reports = Vec::new();
    for rule in view
        .evidence
        .rules
        .iter()
        .filter(|rule| rule.active && !rule.groups.is_empty() && rights::is_always_true(&rule.domain))
    {
        if view.is_by_odoo("ir.rule", rule.id) {
            continue;
        }
        let strong = |group: &i64| {
            [SYSTEM, RIGHTS]
                .into_iter()
                .filter_map(|name| view.group(name))
                .any(|strong| view.closure(*group).contains(&strong))
        };
        if rule.groups.iter().all(strong) {
            continue;
        }
        let names: Vec<String> = rule.groups.iter().map(|group| view.group_label(*group)).collect();
        let broad = [PORTAL, PUBLIC, INTERNAL]
            .into_iter()
            .filter_map(|name| view.group(name))
            .any(|group| rule.groups.contains(&group));
        let outside =
            [PORTAL, PUBLIC].into_iter().filter_map(|name| view.group(name)).any(|group| rule.groups.contains(&group));
        let undone = view.evidence.rules.iter().any(|other| {
            other.active
                && other.model == rule.model
                && other.id != rule.id
                && !other.groups.is_empty()
                && !rights::is_always_true(&other.domain)
        });
        // Without narrower rules it changes nothing today; on what is worth stealing it will undo the first one that somebody adds.
        let careful = crate::shipped::sensitive(&rule.model).is_some_and(|model| model.severity >= Severity::High);
        if !(undone || outside || (broad && careful)) {
            continue;
        }
        let severity = match (outside, broad) {
            (true, _) => Severity::Critical,
            (_, true) if undone => Severity::High,
            _ => Severity::Medium,
        };
        reports.push(
            Report::of(
                "ir.rule",
                "active, of a group, always true",
                format!("{} see every record of {}", names.join(", "), rule.model),
            )
            .scope(rule.id.to_string())
            .records(vec![(rule.id, rule.name.clone())])
            .severity(severity),
        );
    }
    Ok(reports)
}
