//! Two audits compared: what is new, still open, fixed, accepted, back again, and what cannot be told.

use std::collections::BTreeSet;

use castellan_model::{AuditReport, Check, CheckOutcome, Finding, Suppressed};
use serde::Serialize;
use url::Url;

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
    let was_open: BTreeSet<&str> = old.findings.iter().map(|one| one.fingerprint.as_str()).collect();
    let is_open: BTreeSet<&str> = new.findings.iter().map(|one| one.fingerprint.as_str()).collect();
    let was_accepted: BTreeSet<&str> = old.suppressed.iter().map(|one| one.finding.fingerprint.as_str()).collect();
    let mut out = Difference::default();
    let mut gone: Vec<&Finding> = Vec::new();
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
        if is_out_of_sight(finding, new) { out.unknown.push(finding.clone()) } else { gone.push(finding) }
    }
    // What only joined others is gone when those are.
    for finding in gone {
        let part = |other: &Finding| {
            finding.related.iter().any(|related| related.message.starts_with(&format!("{}: ", other.rule)))
        };
        let joined = finding.code.starts_with("JOI");
        if joined && out.unknown.iter().any(part) {
            out.unknown.push(finding.clone());
        } else {
            out.fixed.push(finding.clone());
        }
    }
    out
}

/// Whether the new audit could not see the finding if it were there: its file, module, site or database was not looked at, or the check has no
/// verdict.
fn is_out_of_sight(finding: &Finding, new: &AuditReport) -> bool {
    let untold = |checks: &[Check]| {
        checks.iter().any(|check| check.rule == finding.rule && check.outcome == CheckOutcome::CouldNotTell)
    };
    let path = finding.location.path.as_str();
    if finding.code.starts_with("JOI") || finding.code == "OWN" {
        return false;
    }
    if path.starts_with("https://") || path.starts_with("http://") {
        let host = |text: &str| Url::parse(text).ok().and_then(|url| url.host_str().map(str::to_owned));
        let site = new.sites.iter().find(|site| host(&site.site) == host(path));
        return site.is_none_or(|site| untold(&site.checks));
    }
    if finding.query.is_some() {
        let database = path.split('/').next().unwrap_or_default();
        let instance = new.instances.iter().find(|instance| instance.database == database);
        return instance.is_none_or(|instance| untold(&instance.checks));
    }
    if new.not_assessed.iter().any(|note| note.path == path) {
        return true;
    }
    if finding.code.starts_with("ADV") {
        return new.versions.is_empty();
    }
    if let Some(module) = &finding.module {
        return !new.modules.iter().any(|one| one.name == *module);
    }
    new.sources.is_empty() && new.modules.is_empty()
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
        let source = castellan_model::SourceSummary {
            kind: "odoo".into(),
            path: "/etc/odoo.conf".into(),
            detail: String::new(),
        };
        AuditReport { findings, sources: vec![source], ..AuditReport::default() }
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
        let old = audit(&["odoo-log-debug", "proxy-rpc-open"]);
        let found = diff(&old, &AuditReport::default(), &BTreeSet::new());
        assert_eq!((found.unknown.len(), found.fixed.len()), (2, 0));
        let mut new = audit(&[]);
        let path = old.findings[0].location.path.clone();
        let kind = castellan_model::NotAssessedKind::Unreadable;
        new.not_assessed.push(castellan_model::NotAssessed { path, kind, reason: String::new() });
        let found = diff(&old, &new, &BTreeSet::new());
        assert_eq!((ids(&found.unknown), ids(&found.fixed)), (vec!["odoo-log-debug"], vec!["proxy-rpc-open"]));
    }

    #[test]
    fn a_check_without_a_verdict_fixes_nothing() {
        let mut old = audit(&["hsts-missing"]);
        old.findings[0].location.path = "https://erp.example.com/web/login".into();
        let mut new = audit(&[]);
        let check = |outcome| Check { rule: "hsts-missing".into(), outcome, reason: String::new() };
        let mut site = castellan_model::SiteSummary { site: "https://erp.example.com".into(), ..Default::default() };
        site.checks = vec![check(CheckOutcome::CouldNotTell)];
        new.sites = vec![site.clone()];
        assert_eq!(diff(&old, &new, &BTreeSet::new()).unknown.len(), 1);
        site.checks = vec![check(CheckOutcome::NotVulnerable)];
        new.sites = vec![site];
        assert_eq!(diff(&old, &new, &BTreeSet::new()).fixed.len(), 1);
    }
}
