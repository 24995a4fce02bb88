//! A record rule is switched off.
//!
//! ## What it does
//!
//! Looks at archived rules. Those of modules that keep companies apart, or portal users to their own records, weigh more, those made by
//! hand less.
//!
//! ## Why it matters
//!
//! The records that it kept apart are seen by all who have an access row, and no update switches it on again.
//!
//! ## Bad
//!
//! ```json
//! {"rules": [{"id": 1, "active": false}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"rules": [{"id": 1, "active": true}]}
//! ```
//!
//! ## How to fix
//!
//! Switch the rule on again.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/security.html>
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report};
use crate::view::{PORTAL, PUBLIC, View};

pub(super) const META: RuleMeta = RuleMeta::new("rule-switched-off", "RGT012", Group::Rights, Severity::Medium, 863);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["rules", "groups", "names"])?;
    let mut reports = Vec::new();
    for rule in view.evidence.rules.iter().filter(|rule| !rule.active) {
        let name = view.name("ir.rule", rule.id);
        if name.is_some_and(|name| helpers::SHIPPED_OFF.contains(&name)) {
            continue;
        }
        let outside =
            [PORTAL, PUBLIC].into_iter().filter_map(|name| view.group(name)).any(|group| rule.groups.contains(&group));
        let companies = rule.domain.contains("company");
        let several = view.evidence.companies.len() > 1;
        let severity = match name {
            // Made by hand and put aside by hand: perhaps on purpose.
            None => Severity::Low,
            Some(_) if outside || (companies && several) => Severity::High,
            Some(_) => Severity::Medium,
        };
        let what = match (companies, outside) {
            (true, _) => "keeps companies apart",
            (_, true) => "keeps customers to their own records",
            _ => "narrows who sees what",
        };
        reports.push(
            Report::of("ir.rule", "archived", format!("the rule of {} that {what} is switched off", rule.model))
                .scope(rule.id.to_string())
                .records(vec![(rule.id, rule.name.clone())])
                .severity(severity),
        );
    }
    Ok(reports)
}
