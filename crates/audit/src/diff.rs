//! Two audits compared: what is new, still open, fixed, accepted, back again, and what cannot be told.

use std::collections::{BTreeMap, BTreeSet};

use castellan_model::{AuditReport, Finding, RuleMeta, Suppressed};
use serde::Serialize;

use crate::checklist::lines_of;

/// What changed between two audits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Open now, and never before.
    pub new: Vec<Finding>,
    /// Open now, fixed in between, and open before that.
    pub regressed: Vec<Finding>,
    /// Open in both.
    pub still_open: Vec<Finding>,
    /// Open before, gone now, although what it needs was looked at as well as then.
    pub fixed: Vec<Finding>,
    /// Open before, accepted now.
    pub accepted: Vec<Suppressed>,
    /// Open before, and now less was looked at.
    pub unknown: Vec<Finding>,
}

/// Compares. `before` are fingerprints that were open in audits before the old one.
#[must_use]
pub fn diff(old: &AuditReport, new: &AuditReport, before: &BTreeSet<String>) -> Difference {
    let catalogue = crate::catalogue();
    let metas: BTreeMap<&str, RuleMeta> = catalogue.iter().map(|rule| (rule.meta.id, rule.meta)).collect();
    let assessed = |report: &AuditReport, number: u8| {
        report.checklist.iter().find(|line| line.number == number).map_or(0, |line| line.assessed)
    };
    let was_open: BTreeSet<&str> = old.findings.iter().map(|one| one.fingerprint.as_str()).collect();
    let is_open: BTreeSet<&str> = new.findings.iter().map(|one| one.fingerprint.as_str()).collect();
    let was_accepted: BTreeSet<&str> = old.suppressed.iter().map(|one| one.finding.fingerprint.as_str()).collect();
    let mut out = Difference::default();
    for finding in &new.findings {
        let print = finding.fingerprint.as_str();
        let list = if was_open.contains(print) {
            &mut out.still_open
        } else if before.contains(print) && !was_accepted.contains(print) {
            &mut out.regressed
        } else {
            &mut out.new
        };
        list.push(finding.clone());
    }
    for finding in old.findings.iter().filter(|one| !is_open.contains(one.fingerprint.as_str())) {
        if let Some(one) = new.suppressed.iter().find(|one| one.finding.fingerprint == finding.fingerprint) {
            out.accepted.push(one.clone());
            continue;
        }
        let lines = metas.get(finding.rule.as_str()).map(lines_of).unwrap_or_default();
        let less =
            lines.iter().any(|line| assessed(new, *line) < assessed(old, *line)) || is_out_of_sight(finding, new);
        if less { out.unknown.push(finding.clone()) } else { out.fixed.push(finding.clone()) }
    }
    out
}

/// The module, site or database of the finding is not in the new audit at all.
fn is_out_of_sight(finding: &Finding, new: &AuditReport) -> bool {
    if let Some(module) = &finding.module {
        return !new.modules.iter().any(|one| one.name == *module);
    }
    let path = &finding.location.path;
    if path.starts_with("https://") || path.starts_with("http://") {
        return !new.sites.iter().any(|site| path.starts_with(site.site.as_str()));
    }
    if finding.query.is_some() {
        return new.instances.is_empty();
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::correlate::example::read;
    use castellan_model::SuppressedBy;

    fn audit(rules: &[&str]) -> AuditReport {
        let list: Vec<String> = rules.iter().map(|rule| format!("{{ rule = \"{rule}\" }}")).collect();
        let (findings, _) = read(&format!("finding = [{}]", list.join(", "))).unwrap();
        // The same finding has the same fingerprint wherever it stands in the list.
        let findings = findings.into_iter().map(|one| Finding { fingerprint: one.rule.clone(), ..one }).collect();
        AuditReport { findings, ..AuditReport::default() }
    }

    fn ids(list: &[Finding]) -> Vec<&str> {
        list.iter().map(|one| one.rule.as_str()).collect()
    }

    #[test]
    fn everything_is_told_once() {
        let old = audit(&["odoo-dev-mode", "odoo-log-debug", "host-no-firewall"]);
        let mut new = audit(&["odoo-dev-mode", "odoo-no-log", "odoo-debugger"]);
        let accepted = audit(&["host-no-firewall"]).findings.remove(0);
        new.suppressed.push(Suppressed {
            finding: accepted,
            suppressed_by: SuppressedBy::Settings,
            reason: "r".into(),
        });
        let before = BTreeSet::from(["odoo-debugger".to_owned()]);
        let found = diff(&old, &new, &before);
        assert_eq!(ids(&found.still_open), ["odoo-dev-mode"]);
        assert_eq!((ids(&found.new), ids(&found.regressed)), (vec!["odoo-no-log"], vec!["odoo-debugger"]));
        assert_eq!((ids(&found.fixed), found.accepted.len()), (vec!["odoo-log-debug"], 1));
    }

    #[test]
    fn what_was_not_looked_at_is_not_fixed() {
        let mut old = audit(&["odoo-log-debug"]);
        let mut new = audit(&[]);
        let line = |assessed| castellan_model::ChecklistLine {
            number: 1,
            title: String::new(),
            answer: castellan_model::Answer::NotAssessed,
            looked_at: Vec::new(),
            missing: Vec::new(),
            findings: Vec::new(),
            accepted: 0,
            assessed,
            points: 0,
        };
        old.checklist = vec![line(100)];
        new.checklist = vec![line(0)];
        let found = diff(&old, &new, &BTreeSet::new());
        assert_eq!((ids(&found.unknown), found.fixed.len()), (vec!["odoo-log-debug"], 0));
    }
}
