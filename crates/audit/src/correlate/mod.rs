//! Joins what the parts found: severities that change, places that belong together, weaknesses that only show together.

pub mod example;
mod paths;
pub mod rule;
pub mod rules;

use std::collections::{BTreeMap, BTreeSet};

use castellan_model::{
    Adjusted, Confidence, Excerpt, Finding, Location, Page, Position, Related, Severity, Span, fingerprint,
};

pub use paths::attack_paths;
use rule::{Joined, Joint, Rule, Surroundings};

/// Joins the findings: adjusts and relates those that are there and adds new ones.
pub fn join(findings: &mut Vec<Finding>, around: &Surroundings, disabled: &[String], only: &[String]) {
    let named = |list: &[String], rule: &Rule| list.iter().any(|id| id == rule.meta.id || id == rule.meta.code);
    let wanted: Vec<Rule> = rules::all()
        .into_iter()
        .filter(|rule| !named(disabled, rule) && (only.is_empty() || named(only, rule)))
        .collect();
    let view = Joined::new(findings, around);
    let joints: Vec<(usize, Joint)> = wanted
        .iter()
        .enumerate()
        .flat_map(|(at, rule)| (rule.check)(&view).into_iter().map(move |joint| (at, joint)))
        .collect();
    let at: BTreeMap<String, usize> =
        findings.iter().enumerate().map(|(at, finding)| (finding.fingerprint.clone(), at)).collect();
    let mut new = Vec::new();
    let mut adjusted: BTreeMap<usize, Vec<(bool, String)>> = BTreeMap::new();
    let mut related: BTreeSet<(usize, String, String)> = BTreeSet::new();
    for (number, joint) in joints {
        let Some(rule) = wanted.get(number) else { continue };
        match joint {
            Joint::Found { message, severity, parts, line } => {
                let parts: Vec<&Finding> =
                    parts.iter().filter_map(|part| at.get(part)).filter_map(|at| findings.get(*at)).collect();
                new.push(found(rule, &message, severity, &parts, line));
            }
            Joint::Adjust { finding, up, because } => {
                if let Some(at) = at.get(&finding) {
                    adjusted.entry(*at).or_default().push((up, because));
                }
            }
            Joint::Relate { finding, to, how } => {
                let (Some(from), Some(to)) = (at.get(&finding), at.get(&to).and_then(|at| findings.get(*at))) else {
                    continue;
                };
                let message = format!("{how} {}", to.message);
                if related.insert((*from, to.location.path.clone(), message.clone())) {
                    let related = Related { location: to.location.clone(), message };
                    if let Some(finding) = findings.get_mut(*from) {
                        finding.related.push(related);
                    }
                }
            }
        }
    }
    for (at, changes) in adjusted {
        let Some(finding) = findings.get_mut(at) else { continue };
        adjust(finding, &changes);
    }
    findings.extend(new);
}

/// One step down when something lowers it, one step up when something raises it; both together leave it.
fn adjust(finding: &mut Finding, changes: &[(bool, String)]) {
    let up = changes.iter().any(|(up, _)| *up);
    let down = changes.iter().any(|(up, _)| !*up);
    if up == down {
        return;
    }
    let at = Severity::ALL.iter().position(|severity| *severity == finding.severity).unwrap_or(0);
    let to = if up { at.checked_sub(1) } else { Some(at + 1) };
    let Some(severity) = to.and_then(|to| Severity::ALL.get(to)) else { return };
    let because: Vec<&str> = changes.iter().map(|(_, because)| because.as_str()).collect();
    finding.adjusted = Some(Adjusted { from: finding.severity, because: because.join("; ") });
    finding.severity = *severity;
}

fn found(
    rule: &Rule,
    message: &str,
    severity: Option<Severity>,
    parts: &[&Finding],
    line: Option<(String, usize)>,
) -> Finding {
    let page = Page::parse(rule.source);
    let meta = rule.meta;
    let location = match (&line, parts.first()) {
        (None, Some(first)) => first.location.clone(),
        _ => settings_place(line.as_ref(), message),
    };
    let related = parts
        .iter()
        .map(|part| Related { location: part.location.clone(), message: format!("{}: {}", part.rule, part.message) })
        .collect();
    Finding {
        rule: meta.id.to_owned(),
        code: meta.code.to_owned(),
        message: message.to_owned(),
        why: page.why.clone(),
        help: page.fix,
        severity: severity.unwrap_or(meta.severity),
        confidence: parts.iter().map(|part| part.confidence).min().unwrap_or(Confidence::High),
        persona: meta.persona,
        cwe: meta.cwe,
        module: None,
        // One weakness of the whole, whichever of several findings shows a leg of it.
        fingerprint: match &line {
            Some((file, _)) => fingerprint(meta.id, file, "", message, 0),
            None => fingerprint(meta.id, "", "", "", 0),
        },
        location,
        related,
        records: Vec::new(),
        query: None,
        flow: Vec::new(),
        fix: None,
        reach: parts.iter().filter_map(|part| part.reach).min(),
        adjusted: None,
    }
}

fn settings_place(line: Option<&(String, usize)>, message: &str) -> Location {
    let (path, line) = line.map_or((String::new(), 1), |(path, line)| (path.clone(), *line));
    let line = u32::try_from(line).unwrap_or(1);
    let position = |column| Position { line, column };
    let excerpt = Excerpt { first_line: line, lines: vec![message.to_owned()] };
    Location { path, span: Span { start: position(1), end: position(2) }, excerpt }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_are_as_their_pages_say() {
        for rule in rules::all() {
            let page = Page::parse(rule.source);
            let bad: Vec<_> = page.examples(true).collect();
            let good: Vec<_> = page.examples(false).collect();
            assert!(!bad.is_empty() && !good.is_empty(), "{}", rule.meta.id);
            for example in bad {
                let (findings, around) = example::read(&example.text).unwrap();
                let joints = (rule.check)(&Joined::new(&findings, &around));
                assert!(!joints.is_empty(), "{} says nothing of {}", rule.meta.id, example.text);
            }
            for example in good {
                let (findings, around) = example::read(&example.text).unwrap();
                let joints = (rule.check)(&Joined::new(&findings, &around));
                assert!(joints.is_empty(), "{} says {joints:?} of {}", rule.meta.id, example.text);
            }
        }
    }

    #[test]
    fn every_rule_that_is_joined_is_there() {
        let known: Vec<&str> = crate::catalogue().iter().map(|rule| rule.meta.id).collect();
        let own: Vec<&str> = rules::all().iter().map(|rule| rule.meta.id).collect();
        for rule in rules::all() {
            // Ids stand in the constants and calls of a file, in quotes, with a hyphen.
            let code = rule.source.lines().filter(|line| !line.starts_with("//!"));
            for word in code.flat_map(|line| line.split('"').skip(1).step_by(2)) {
                let is_id = word.contains('-')
                    && word.chars().all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-');
                assert!(
                    !is_id || known.contains(&word) || own.contains(&word),
                    "{}: there is no rule `{word}`",
                    rule.meta.id
                );
            }
        }
    }

    #[test]
    fn severities_change_by_one_step_with_the_reason() {
        let text = "installed = [\"shop\"]\nsite = true\nfinding = [{ rule = \"ctl-public-sudo-read\", module = \"shop\", reach = \"anonymous\", severity = \"high\" }]";
        let (mut findings, around) = example::read(text).unwrap();
        join(&mut findings, &around, &[], &[]);
        assert_eq!(findings[0].severity, Severity::Critical);
        assert_eq!(findings[0].adjusted.as_ref().unwrap().from, Severity::High);
        let (mut findings, around) = example::read(text).unwrap();
        join(&mut findings, &around, &["public-code-reachable".to_owned()], &[]);
        assert!(findings.iter().all(|finding| finding.adjusted.is_none()));
    }
}
