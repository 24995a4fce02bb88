//! Answers the checklist: pass, fail or not assessed, with what was looked at.

mod controls;
mod table;

use std::collections::BTreeMap;

use castellan_model::{
    Answer, AuditReport, ChecklistLine, Finding, RuleMeta, Score, ScoredLine, Severity, Suppressed, score,
};

use serde::{Deserialize, Serialize};

pub use controls::{controls, controls_of};
pub use table::{LINES, Line, Need, lines_of};

/// What was looked at, and what kept the rest from being whole.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collected {
    /// What was looked at, by kind, a line each.
    pub seen: BTreeMap<Need, Vec<String>>,
    /// Why a kind is not whole, although something of it was seen; a line each.
    pub gaps: BTreeMap<Need, Vec<String>>,
}

impl Collected {
    /// Something was seen.
    pub fn see(&mut self, need: Need, what: impl Into<String>) {
        let what = what.into();
        let list = self.seen.entry(need).or_default();
        if !list.contains(&what) {
            list.push(what);
        }
    }

    /// Something was not seen.
    pub fn lack(&mut self, need: Need, why: impl Into<String>) {
        let why = why.into();
        let list = self.gaps.entry(need).or_default();
        if !list.contains(&why) {
            list.push(why);
        }
    }

    /// It was looked at, and nothing of it was left out.
    #[must_use]
    pub fn is_whole(&self, need: Need) -> bool {
        self.seen.contains_key(&need) && !self.gaps.contains_key(&need)
    }
}

/// The lines of a finding. Rules of this company and joined findings say theirs themselves.
pub(crate) fn lines_of_finding(
    known: &BTreeMap<&str, RuleMeta>,
    own: &BTreeMap<String, Vec<u8>>,
    finding: &Finding,
) -> Vec<u8> {
    if let Some(lines) = own.get(&finding.fingerprint).or_else(|| own.get(&finding.rule)) {
        return lines.clone();
    }
    known.get(finding.rule.as_str()).map(|rule| lines_of(rule).to_vec()).unwrap_or_default()
}

/// Makes a line fail.
fn counts(finding: &Finding) -> bool {
    finding.severity >= Severity::Medium
}

/// The lines, and the score that is made from them. `own` gives the lines of rules that the catalogue does not know, by rule or fingerprint.
#[must_use]
pub fn answer(
    collected: &Collected,
    findings: &[Finding],
    suppressed: &[Suppressed],
    own: &BTreeMap<String, Vec<u8>>,
) -> (Vec<ChecklistLine>, Score) {
    let catalogue = crate::catalogue();
    let known: BTreeMap<&str, RuleMeta> = catalogue.iter().map(|rule| (rule.meta.id, rule.meta)).collect();
    // Once for each finding: the table is long, and so are some lists.
    let of = |finding: &Finding| lines_of_finding(&known, own, finding);
    let open: Vec<(&Finding, Vec<u8>)> = findings.iter().map(|finding| (finding, of(finding))).collect();
    let accepted: Vec<Vec<u8>> = suppressed.iter().map(|one| of(&one.finding)).collect();
    let mut lines = Vec::new();
    let mut scored = Vec::new();
    for line in &LINES {
        let mut under: Vec<&Finding> =
            open.iter().filter(|(_, lines)| lines.contains(&line.number)).map(|(finding, _)| *finding).collect();
        under.sort_by(|a, b| b.severity.cmp(&a.severity).then_with(|| a.fingerprint.cmp(&b.fingerprint)));
        let whole = line.needs.iter().filter(|need| collected.is_whole(**need)).count();
        let assessed = u8::try_from(whole * 100 / line.needs.len().max(1)).unwrap_or(100);
        let looked_at = line.needs.iter().filter_map(|need| collected.seen.get(need)).flatten().cloned();
        let missing = line.needs.iter().flat_map(|need| match collected.gaps.get(need) {
            Some(gaps) => gaps.clone(),
            None if collected.seen.contains_key(need) => Vec::new(),
            None => vec![need.how().to_owned()],
        });
        lines.push(ChecklistLine {
            number: line.number,
            title: line.title.to_owned(),
            answer: if under.iter().any(|finding| counts(finding)) {
                Answer::Fail
            } else if assessed == 100 {
                Answer::Pass
            } else {
                Answer::NotAssessed
            },
            looked_at: unique(looked_at),
            missing: unique(missing),
            findings: under.iter().map(|finding| finding.fingerprint.clone()).collect(),
            accepted: accepted.iter().filter(|lines| lines.contains(&line.number)).count() as u64,
            assessed,
            points: 0,
        });
        scored.push(ScoredLine {
            number: line.number,
            weight: line.weight,
            assessed,
            findings: under
                .iter()
                .map(|finding| (finding.rule.clone(), finding.severity, finding.confidence))
                .collect(),
        });
    }
    let score = score(&scored, findings.iter().map(|finding| finding.severity).max());
    for (line, scored) in lines.iter_mut().zip(&score.lines) {
        line.points = scored.points;
    }
    (lines, score)
}

/// Says of each line which of its rules the settings switch off.
pub(crate) fn name_disabled(lines: &mut [ChecklistLine], disabled: &[String]) {
    for rule in crate::catalogue() {
        let meta = rule.meta;
        if disabled.iter().any(|id| id == meta.id || id == meta.code) {
            for line in lines.iter_mut().filter(|line| lines_of(&meta).contains(&line.number)) {
                line.looked_at.push(format!("`{}` is switched off in the settings", meta.id));
            }
        }
    }
}

fn unique(items: impl Iterator<Item = String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for item in items {
        if !out.contains(&item) {
            out.push(item);
        }
    }
    out
}

/// What the report itself shows of what was looked at; databases and hosts are told by whoever read them.
pub(crate) fn seen_in(report: &AuditReport, collected: &mut Collected) {
    for source in &report.sources {
        let need = match source.kind.as_str() {
            "odoo" => Need::OdooConf,
            "proxy" => Need::Proxy,
            "postgresql" => Need::Postgres,
            _ => continue,
        };
        collected.see(need, format!("{} ({})", source.path, source.detail));
        if let Some(note) = report.not_assessed.iter().find(|note| note.path == source.path) {
            collected.lack(need, format!("{}: {}", note.path, note.reason));
        }
    }
    for site in &report.sites {
        collected.see(Need::Site, format!("{}, from outside", site.site));
        for limit in &site.limits {
            collected.lack(Need::Site, format!("{}: {limit}", site.site));
        }
    }
    if collected.is_whole(Need::Proxy) || collected.is_whole(Need::Site) {
        for need in [Need::Proxy, Need::Site] {
            if collected.is_whole(need) {
                for what in collected.seen.get(&need).cloned().unwrap_or_default() {
                    collected.see(Need::Edge, what);
                }
            }
        }
    } else {
        for need in [Need::Proxy, Need::Site] {
            for what in collected.seen.get(&need).cloned().unwrap_or_default() {
                collected.see(Need::Edge, what);
            }
            for why in collected.gaps.get(&need).cloned().unwrap_or_default() {
                collected.lack(Need::Edge, why);
            }
        }
    }
    versions(report, collected);
}

fn versions(report: &AuditReport, collected: &mut Collected) {
    for one in &report.versions {
        for odoo in &one.odoo {
            let built = odoo.built.as_deref().map_or_else(String::new, |day| format!(" of {day}"));
            collected.see(Need::OdooBuild, format!("Odoo {}{built} in {}", odoo.series, one.subject));
            let untold: Vec<&str> = odoo
                .advisories
                .iter()
                .filter(|advisory| advisory.status == castellan_model::AdvisoryStatus::CannotTell)
                .map(|advisory| advisory.id.as_str())
                .collect();
            if !untold.is_empty() {
                let text = format!("{}: advisories that cannot be told: {}", odoo.place, untold.join(", "));
                collected.lack(Need::OdooBuild, text);
            }
        }
        if one.components.system > 0 {
            collected
                .see(Need::Packages, format!("{} packages of the system of {}", one.components.system, one.subject));
        }
        if one.components.python > 0 {
            collected.see(Need::Python, format!("{} Python packages of {}", one.components.python, one.subject));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn collected(needs: &[Need]) -> Collected {
        let mut out = Collected::default();
        needs.iter().for_each(|need| out.see(*need, need.key()));
        out
    }

    #[test]
    fn a_line_passes_only_when_all_that_it_needs_was_looked_at() {
        let none = BTreeMap::new();
        let (lines, score) = answer(&collected(&[Need::Host]), &[], &[], &none);
        assert_eq!((lines[2].answer, lines[2].assessed), (Answer::NotAssessed, 50));
        assert!(lines[2].missing[0].contains("pg_hba.conf"), "{:?}", lines[2].missing);
        assert_eq!((score.points, score.coverage), (8, 8));
        let (lines, score) = answer(&collected(&Need::ALL), &[], &[], &none);
        assert!(lines.iter().all(|line| line.answer == Answer::Pass && line.missing.is_empty()));
        assert_eq!((score.points, score.grade.as_str(), score.coverage), (100, "A", 100));
        let mut gap = collected(&Need::ALL);
        gap.lack(Need::Code, "a.py: breaks the grammar");
        let (lines, _) = answer(&gap, &[], &[], &none);
        assert_eq!(
            (lines[6].answer, lines[6].missing.as_slice()),
            (Answer::NotAssessed, ["a.py: breaks the grammar".to_owned()].as_slice())
        );
    }
}
