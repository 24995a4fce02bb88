//! Separates what somebody accepted from what is open, and reports markers that are wrong.

use castellan_code::scan::CodeScan;
use castellan_model::{Confidence, Finding, ForeignMarker, Persona, Severity, Suppressed, SuppressedBy, fingerprint};

use crate::baseline::Baseline;
use crate::settings::Settings;

pub(crate) struct Sorted {
    pub open: Vec<Finding>,
    pub suppressed: Vec<Suppressed>,
    pub foreign: Vec<ForeignMarker>,
    /// Which acceptances of the settings accepted something.
    pub used: Vec<bool>,
}

pub(crate) fn sort(scan: &mut CodeScan, settings: &Settings, baseline: Option<&Baseline>, time: i64) -> Sorted {
    let mut accept_used = vec![false; settings.accept.len()];
    let mut used = vec![false; scan.markers.len()];
    let mut baseline_used = vec![false; baseline.map_or(0, |baseline| baseline.findings.len())];
    let mut open = Vec::new();
    let mut suppressed = Vec::new();
    for finding in std::mem::take(&mut scan.findings) {
        let lines = finding.location.span.start.line..=finding.location.span.end.line;
        let marker = scan.markers.iter().position(|marker| {
            marker.path == finding.location.path
                && lines.clone().any(|line| marker.lines.0 <= line && line <= marker.lines.1)
                && (marker.rules.is_empty()
                    || marker.rules.contains(&finding.rule)
                    || marker.rules.contains(&finding.code))
        });
        if let Some(at) = marker {
            used[at] = true;
            let marker = &scan.markers[at];
            if !marker.reason.is_empty() {
                let suppressed_by = SuppressedBy::Comment { line: marker.position.line };
                suppressed.push(Suppressed { reason: marker.reason.clone(), finding, suppressed_by });
                continue;
            }
        } else if let Some(setting) = settings.paths.iter().find(|setting| {
            setting.globs.is_match(&finding.location.path)
                && setting.ignore.iter().any(|rule| rule == "*" || *rule == finding.rule)
        }) {
            let suppressed_by = SuppressedBy::Settings;
            suppressed.push(Suppressed { reason: setting.reason.clone(), finding, suppressed_by });
            continue;
        } else if let Some(at) = acceptance(settings, &finding, time) {
            accept_used[at] = true;
            let one = &settings.accept[at];
            let suppressed_by = SuppressedBy::Accepted { who: one.who.clone(), until: one.until.clone() };
            suppressed.push(Suppressed { reason: one.reason.clone(), finding, suppressed_by });
            continue;
        } else if let Some(baseline) = baseline
            && let Some(at) = baseline.findings.iter().position(|entry| entry.fingerprint == finding.fingerprint)
        {
            baseline_used[at] = true;
            let suppressed_by = SuppressedBy::Baseline;
            suppressed.push(Suppressed { reason: baseline.reason.clone(), finding, suppressed_by });
            continue;
        }
        open.push(finding);
    }
    let foreign = foreign_markers(scan, &open, &suppressed);
    let checks_all = settings.disable.is_empty();
    open.extend(marker_findings(scan, &used, checks_all));
    open.sort_by(|a, b| a.sort_key().cmp(&b.sort_key()));
    Sorted { open, suppressed, foreign, used: accept_used }
}

/// The acceptance that holds for a finding.
pub(crate) fn acceptance(settings: &Settings, finding: &Finding, time: i64) -> Option<usize> {
    settings.accept.iter().position(|one| {
        time < one.ends
            && (one.rule == finding.rule || one.rule == "*" && one.fingerprint.is_some())
            && one.fingerprint.as_ref().is_none_or(|fingerprint| *fingerprint == finding.fingerprint)
            && one.at.as_ref().is_none_or(|globs| {
                let path = &finding.location.path;
                globs.is_match(path) || globs.is_match(path.trim_start_matches('/'))
            })
    })
}

fn foreign_markers(scan: &CodeScan, open: &[Finding], suppressed: &[Suppressed]) -> Vec<ForeignMarker> {
    let all = || open.iter().chain(suppressed.iter().map(|item| &item.finding));
    let mut markers: Vec<ForeignMarker> = scan
        .foreign
        .iter()
        .map(|marker| ForeignMarker {
            path: marker.path.clone(),
            line: marker.line,
            marker: marker.text.clone(),
            disagrees: all()
                .filter(|finding| {
                    let span = finding.location.span;
                    finding.location.path == marker.path
                        && span.start.line <= marker.line
                        && marker.line <= span.end.line
                })
                .map(|finding| finding.rule.clone())
                .collect(),
        })
        .collect();
    markers.sort();
    markers.dedup();
    markers
}

/// Markers without a reason, and markers that match nothing.
fn marker_findings(scan: &CodeScan, used: &[bool], checks_all: bool) -> Vec<Finding> {
    let mut out = Vec::new();
    for (marker, used) in scan.markers.iter().zip(used) {
        let (rule, code, cwe, message, why, help) = if marker.reason.is_empty() {
            (
                "suppression-without-reason",
                "CAS001",
                1116,
                "this suppression gives no reason, so it has no effect",
                "Nobody can later tell whether the finding was judged or only silenced.",
                "Write the reason behind the brackets: `castellan: ignore[rule-id] why it is safe here`.",
            )
        } else if !*used && checks_all {
            (
                "suppression-unused",
                "CAS002",
                1164,
                "this suppression matches no finding",
                "A stale marker hides the next finding at this place.",
                "Remove it, or correct the rule's id.",
            )
        } else {
            continue;
        };
        let start = marker.position;
        let location = marker.location.clone();
        out.push(Finding {
            reach: None,
            adjusted: None,
            rule: rule.into(),
            code: code.into(),
            message: message.into(),
            why: why.into(),
            help: help.into(),
            severity: Severity::Low,
            confidence: Confidence::High,
            persona: Persona::Regular,
            cwe,
            module: marker.module.clone(),
            fingerprint: fingerprint(rule, &marker.path, "", &marker.reason, start.line as usize),
            location,
            related: Vec::new(),
            records: Vec::new(),
            query: None,
            flow: Vec::new(),
            fix: None,
        });
    }
    out
}
