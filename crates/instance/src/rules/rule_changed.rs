//! A record rule is not what its module ships.
//!
//! ## What it does
//!
//! Compares the domain of record rules that modules brought with the text of the module: of the addons that are scanned in the same run,
//! and otherwise of what Odoo ships in 14.0 and 19.0. White space and quotes do not count.
//!
//! ## Why it matters
//!
//! The rule is still there under its name, so nobody looks at it, and lets through what it should keep apart. No update brings the old
//! domain back where the module says `noupdate`.
//!
//! ## Bad
//!
//! ```json
//! {"texts": [{"name": "sale.sale_order_comp_rule", "domain": "[('company_id', 'in', company_ids)]", "place": "sale/security/ir_rules.xml:9"}], "rules": [{"id": 1, "domain": "[(1, '=', 1)]"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"texts": [{"name": "sale.sale_order_comp_rule", "domain": "[ (\"company_id\", \"in\", company_ids) ]", "place": "sale/security/ir_rules.xml:9"}], "rules": [{"id": 1, "domain": "[('company_id', 'in', company_ids)]"}]}
//! ```
//!
//! ## How to fix
//!
//! Put the domain of the module back, or, where the change is meant, make a rule of your own in a module and say why.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/developer/reference/backend/security.html>
//! * <https://cwe.mitre.org/data/definitions/863.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, Unjudged};
use crate::view::{PORTAL, PUBLIC, View};
use crate::{rights, shipped};

pub(super) const META: RuleMeta = RuleMeta::new("rule-changed", "RGT021", Group::Rights, Severity::Medium, 863);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["rules", "groups", "names"])?;
    let mut known = false;
    let mut reports = Vec::new();
    for rule in view.evidence.rules.iter().filter(|rule| rule.active) {
        let Some(name) = view.name("ir.rule", rule.id) else { continue };
        let texts: Vec<_> = view.evidence.texts.iter().filter(|text| text.name == name).collect();
        let own = shipped::domain_digest(&rule.domain);
        let (same, place) = match texts.first() {
            Some(first) => (texts.iter().any(|text| shipped::domain_digest(&text.domain) == own), first.place.clone()),
            None => match shipped::rule_digests(name, view.series()) {
                Some(digests) => (digests.contains(&own.as_str()), format!("Odoo {}.0", view.series())),
                None => continue,
            },
        };
        known = true;
        if same {
            continue;
        }
        let outside =
            [PORTAL, PUBLIC].into_iter().filter_map(|name| view.group(name)).any(|group| rule.groups.contains(&group));
        let severity = match (rights::is_always_true(&rule.domain), outside) {
            (true, true) => Severity::Critical,
            (true, false) | (false, true) => Severity::High,
            (false, false) => Severity::Medium,
        };
        let message = format!("the record rule {name} of {} is not what its module has ({place})", rule.model);
        let now: String = rule.domain.split_whitespace().collect::<Vec<_>>().join(" ");
        reports.push(
            Report::of("ir.rule", format!("of a module, its domain is now {now}"), message)
                .scope(rule.id.to_string())
                .records(vec![(rule.id, rule.name.clone())])
                .severity(severity),
        );
    }
    if !known {
        let reason = "the texts of the modules are not known for this series: scan the addons in the same run";
        return Err(Unjudged::NotAssessed(reason.to_owned()));
    }
    Ok(reports)
}
