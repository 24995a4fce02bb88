//! The remediation plan: what a person does in one sitting, ordered by the risk that it takes away for its effort.
//!
//! Findings are put together by where they are repaired. Risk is 40, 15, 4 and 1 for a critical, high, medium and low finding. Effort is in units of
//! about a quarter of an hour: one for each five kinds of change that a command makes, one for each kind that is made by hand, one for each
//! weakness in code. Findings that only join others go when those go: they are with the first of their parts. The same audit gives the same plan.

use std::collections::{BTreeMap, BTreeSet};

use castellan_model::{AuditReport, Finding, Group, PlanStep, RuleMeta, Severity, Suppressed};

use crate::checklist::{Collected, answer};

/// Rules whose findings `castellan fix --rpc` repairs in a live database; a test of the command compares.
pub const REPAIRED_OVER_RPC: [&str; 23] = [
    "access-everybody-reads",
    "access-everybody-writes",
    "action-public",
    "attachment-public",
    "base-url-not-frozen",
    "job-vital-off",
    "login-cooldown-weak",
    "mail-server-debug",
    "mail-server-in-clear",
    "oauth-unused",
    "password-policy-missing",
    "reset-link-long",
    "rule-switched-off",
    "session-long",
    "signup-open",
    "user-demo",
    "user-employee-left",
    "user-never-seen",
    "user-portal-internal",
    "user-second-factor-voluntary",
    "user-stale",
    "user-template-powerful",
    "user-test",
];

const fn risk(severity: Severity) -> u32 {
    match severity {
        Severity::Critical => 40,
        Severity::High => 15,
        Severity::Medium => 4,
        Severity::Low => 1,
        Severity::Info => 0,
    }
}

/// Where a finding is repaired, as people name it; the same text is the same sitting.
fn sitting(finding: &Finding, meta: Option<&RuleMeta>) -> String {
    let Some(meta) = meta else { return "Follow the company's own rules".to_owned() };
    if let Some(module) = &finding.module
        && finding.query.is_none()
        && meta.group < Group::Odoo
    {
        return format!("Repair the code of `{module}`");
    }
    let database = finding.query.as_ref().map(|_| finding.location.path.split('/').next().unwrap_or_default());
    if let Some(database) = database {
        return match meta.group {
            Group::Users => format!("Look through the users of `{database}`"),
            Group::Keys => format!("Rotate the API keys of `{database}`"),
            Group::Rights => format!("Narrow groups and rights in `{database}`"),
            Group::Jobs => format!("Look through jobs and server actions of `{database}`"),
            Group::Modules => format!("Tidy up the modules of `{database}`"),
            Group::Server => format!("Tend PostgreSQL of `{database}`"),
            Group::Settings => format!("Correct the settings of `{database}`"),
            _ => format!("Repair code that is kept in `{database}`"),
        };
    }
    match meta.group {
        Group::Odoo => "Harden odoo.conf".to_owned(),
        Group::Proxy | Group::Outside | Group::Headers => "Harden the proxy".to_owned(),
        Group::Tls => "Renew certificates and TLS settings".to_owned(),
        Group::Names => "Correct DNS and mail records".to_owned(),
        Group::Postgres => "Harden PostgreSQL".to_owned(),
        Group::Service => "Harden the service unit".to_owned(),
        Group::Container => "Harden the containers".to_owned(),
        Group::Host => "Harden the host: firewall, sshd, logs, backups".to_owned(),
        Group::Versions => match finding.rule.as_str() {
            "odoo-vulnerable" | "odoo-series-ended" | "odoo-series-ending" | "odoo-build-old" => {
                "Update Odoo".to_owned()
            }
            "python-vulnerable" => "Update Python packages".to_owned(),
            "system-vulnerable" | "product-ended" | "product-vulnerable" | "pdf-converter-abandoned" => {
                "Update the system and its products".to_owned()
            }
            _ => "Update modules and libraries".to_owned(),
        },
        Group::Castellan => "Tidy up acceptances and markers".to_owned(),
        _ => "Repair what findings show together".to_owned(),
    }
}

#[derive(Default)]
struct Sitting<'f> {
    findings: Vec<&'f Finding>,
    joined: Vec<&'f Finding>,
}

/// The plan for the open findings of a report. `files` are the arguments with which `castellan fix` looks at the same files.
pub(crate) fn plan(
    report: &AuditReport,
    findings: &[Finding],
    collected: &Collected,
    own: &BTreeMap<String, Vec<u8>>,
    files: &str,
) -> Vec<PlanStep> {
    let catalogue = crate::catalogue();
    let metas: BTreeMap<&str, RuleMeta> = catalogue.iter().map(|rule| (rule.meta.id, rule.meta)).collect();
    let meta = |finding: &Finding| metas.get(finding.rule.as_str());
    let is_joined = |finding: &Finding| meta(finding).is_some_and(|meta| meta.group == Group::Joined);
    let mut sittings: BTreeMap<String, Sitting<'_>> = BTreeMap::new();
    for finding in findings.iter().filter(|one| !is_joined(one) && one.severity > Severity::Info) {
        sittings.entry(sitting(finding, meta(finding))).or_default().findings.push(finding);
    }
    for finding in findings.iter().filter(|one| is_joined(one)) {
        let home = sittings
            .iter()
            .find(|(_, sitting)| sitting.findings.iter().any(|part| part.location == finding.location))
            .map(|(title, _)| title.clone());
        let title = home.unwrap_or_else(|| sitting(finding, meta(finding)));
        sittings.entry(title).or_default().joined.push(finding);
    }
    let mut steps: Vec<PlanStep> =
        sittings.into_iter().map(|(title, sitting)| step(title, &sitting, report, files)).collect();
    steps.sort_by(|a, b| {
        let left = u64::from(b.risk) * u64::from(a.effort);
        let right = u64::from(a.risk) * u64::from(b.effort);
        left.cmp(&right).then_with(|| a.title.cmp(&b.title))
    });
    let none: &[Suppressed] = &[];
    let mut gone: BTreeSet<&str> = BTreeSet::new();
    let scores: Vec<u8> = steps
        .iter()
        .map(|step| {
            gone.extend(step.findings.iter().map(String::as_str));
            let left: Vec<Finding> =
                findings.iter().filter(|one| !gone.contains(one.fingerprint.as_str())).cloned().collect();
            answer(collected, &left, none, own).1.points
        })
        .collect();
    for (step, score) in steps.iter_mut().zip(scores) {
        step.score_after = score;
    }
    steps
}

fn step(title: String, sitting: &Sitting<'_>, report: &AuditReport, files: &str) -> PlanStep {
    let by_rpc = |finding: &Finding| finding.query.is_some() && REPAIRED_OVER_RPC.contains(&finding.rule.as_str());
    let mut fixed: BTreeSet<&str> = BTreeSet::new();
    let mut over_rpc: BTreeSet<&str> = BTreeSet::new();
    let mut manual: BTreeMap<&str, &Finding> = BTreeMap::new();
    let mut in_code = 0;
    for finding in &sitting.findings {
        if finding.fix.is_some() {
            fixed.insert(&finding.rule);
        } else if by_rpc(finding) {
            over_rpc.insert(&finding.rule);
        } else {
            manual.entry(&finding.rule).or_insert(finding);
            in_code += u32::from(finding.module.is_some());
        }
    }
    let mut commands = Vec::new();
    if !fixed.is_empty() {
        let start = if files.is_empty() { "castellan fix".to_owned() } else { format!("castellan fix {files}") };
        commands.push(command(&format!("{start} --apply"), &fixed));
    }
    if !over_rpc.is_empty() {
        let site = report.instances.first().map_or("https://HOST", |one| one.source.as_str());
        let database = report.instances.first().map_or("NAME", |one| one.database.as_str());
        let url = if site.starts_with("http") { site } else { "https://HOST" };
        let start = format!("castellan fix --rpc {url} --db {database} --login USER --apply");
        commands.push(command(&start, &over_rpc));
    }
    let by_command = u32::try_from((fixed.len() + over_rpc.len()).div_ceil(5)).unwrap_or(u32::MAX);
    let by_hand = u32::try_from(manual.len()).unwrap_or(u32::MAX).max(in_code);
    let all = || sitting.findings.iter().chain(&sitting.joined);
    let mut rules: Vec<(&str, &Finding)> = manual.into_iter().collect();
    rules.sort_by_key(|(rule, finding)| (std::cmp::Reverse(finding.severity), *rule));
    PlanStep {
        title,
        commands,
        by_hand: rules.iter().map(|(rule, finding)| format!("{rule}: {}", first_sentence(&finding.help))).collect(),
        risk: all().map(|finding| risk(finding.severity)).sum(),
        effort: (by_command + by_hand).max(1),
        findings: all().map(|finding| finding.fingerprint.clone()).collect(),
        score_after: 0,
    }
}

fn command(start: &str, rules: &BTreeSet<&str>) -> String {
    rules.iter().fold(start.to_owned(), |command, rule| format!("{command} --rule {rule}"))
}

fn first_sentence(text: &str) -> &str {
    let text = text.lines().next().unwrap_or_default();
    // A full stop inside code ends nothing.
    let mut in_code = false;
    let end = text.char_indices().find(|(at, char)| {
        in_code ^= *char == '`';
        *char == '.' && !in_code && text.get(at + 1..).is_some_and(|rest| rest.starts_with(' '))
    });
    end.map_or(text, |(at, _)| text.get(..at).unwrap_or(text)).trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checklist::Need;
    use crate::correlate::example::read;

    #[test]
    fn sentences_end_outside_of_code() {
        assert_eq!(first_sentence("Pass `f(\"a. b\")` on. Then go."), "Pass `f(\"a. b\")` on");
        assert_eq!(first_sentence("One only."), "One only");
    }

    #[test]
    fn steps_are_ordered_by_risk_for_effort_and_the_score_grows() {
        let (findings, _) = read(
            "finding = [{ rule = \"odoo-debugger\" }, { rule = \"host-no-firewall\" }, { rule = \"sql-format\", module = \"shop\" }, { rule = \"sql-concat\", module = \"shop\" }, { rule = \"postgres-tls-off\" }]",
        )
        .unwrap();
        let mut collected = Collected::default();
        Need::ALL.iter().for_each(|need| collected.see(*need, "x"));
        let report = AuditReport::default();
        let steps = plan(&report, &findings, &collected, &BTreeMap::new(), "");
        assert_eq!(steps.len(), 4);
        assert_eq!(steps[0].title, "Harden odoo.conf");
        assert!(steps.windows(2).all(|pair| pair[0].risk * pair[1].effort >= pair[1].risk * pair[0].effort));
        assert!(steps.windows(2).all(|pair| pair[0].score_after <= pair[1].score_after));
        assert_eq!(steps.last().unwrap().score_after, 100);
        let mut turned = findings.clone();
        turned.reverse();
        let titles = |steps: &[PlanStep]| steps.iter().map(|step| step.title.clone()).collect::<Vec<_>>();
        assert_eq!(titles(&plan(&report, &turned, &collected, &BTreeMap::new(), "")), titles(&steps));
        let code = steps.iter().find(|step| step.title.contains("shop")).unwrap();
        assert_eq!((code.effort, code.by_hand.len()), (2, 2));
    }
}
