//! The score: 0 to 100, one published scale, the arithmetic in whole numbers.
//!
//! Each line of the checklist has a weight; the weights add up to 100. A line starts with 100 points. Every rule with open findings takes points
//! from it, after its worst finding; more findings of the same rule add a tenth each, up to twice. What is left counts for the share of the line
//! that was looked at. An open critical finding keeps the whole below 60, an open high one below 80.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Confidence, Severity};

/// The grades, best first: least points and letter.
pub const GRADES: [(u8, &str); 5] = [(90, "A"), (80, "B"), (70, "C"), (60, "D"), (0, "F")];
/// Most points with an open critical finding.
const CRITICAL_CAP: u8 = 59;
/// Most points with an open high finding.
const HIGH_CAP: u8 = 79;

/// The score of an audit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Score {
    /// 0 to 100.
    pub points: u8,
    /// A to F.
    pub grade: String,
    /// Points before an open critical or high finding capped them.
    pub uncapped: u8,
    /// Share of the checklist that was looked at, in percent. More than this nobody can score.
    pub coverage: u8,
    /// Why the points are capped; empty: they are not.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cap: String,
    /// Line by line.
    pub lines: Vec<LineScore>,
}

/// What a line of the checklist gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LineScore {
    /// Its number.
    pub number: u8,
    /// Points of the whole that it can give.
    pub weight: u8,
    /// Share that was looked at, in percent.
    pub assessed: u8,
    /// Points of 100 that the findings left.
    pub points: u8,
    /// Hundredths of points of the whole that it gives: weight × assessed × points / 100.
    pub hundredths: u32,
    /// What took points, most first.
    pub deductions: Vec<Deduction>,
}

/// What a rule takes from a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Deduction {
    /// Id of the rule.
    pub rule: String,
    /// How many findings of it are open.
    pub findings: u32,
    /// The worst of them.
    pub severity: Severity,
    /// Tenths of points that it takes.
    pub tenths: u32,
}

/// A line of the checklist as the score sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ScoredLine {
    /// Its number.
    pub number: u8,
    /// Its weight.
    pub weight: u8,
    /// Share that was looked at, in percent.
    pub assessed: u8,
    /// Rule, severity and confidence of every open finding under it.
    pub findings: Vec<(String, Severity, Confidence)>,
}

/// Tenths of points that the worst finding of a rule takes.
const fn tenths(severity: Severity, confidence: Confidence) -> u32 {
    let full = match severity {
        Severity::Critical => 600,
        Severity::High => 300,
        Severity::Medium => 100,
        Severity::Low => 20,
        Severity::Info => 0,
    };
    match confidence {
        Confidence::High => full,
        Confidence::Medium => full * 7 / 10,
        Confidence::Low => full * 3 / 10,
    }
}

/// The letter for points.
#[must_use]
pub fn grade(points: u8) -> &'static str {
    GRADES.iter().find(|(least, _)| points >= *least).map_or("F", |(_, letter)| letter)
}

/// The score of the lines. `worst` is the worst severity among all open findings.
#[must_use]
pub fn score(lines: &[ScoredLine], worst: Option<Severity>) -> Score {
    let lines: Vec<LineScore> = lines.iter().map(of_line).collect();
    let hundredths: u32 = lines.iter().map(|line| line.hundredths).sum();
    let coverage: u32 = lines.iter().map(|line| u32::from(line.weight) * u32::from(line.assessed)).sum();
    let uncapped = small(hundredths / 100);
    let (most, cap) = match worst {
        Some(Severity::Critical) => (CRITICAL_CAP, "a critical finding is open"),
        Some(Severity::High) => (HIGH_CAP, "a high finding is open"),
        _ => (100, ""),
    };
    let points = uncapped.min(most);
    Score {
        points,
        grade: grade(points).to_owned(),
        uncapped,
        coverage: small(coverage / 100),
        cap: if uncapped > most { cap.to_owned() } else { String::new() },
        lines,
    }
}

fn small(number: u32) -> u8 {
    u8::try_from(number.min(100)).unwrap_or(100)
}

fn of_line(line: &ScoredLine) -> LineScore {
    let mut rules: BTreeMap<&str, Deduction> = BTreeMap::new();
    for (rule, severity, confidence) in &line.findings {
        let one = rules.entry(rule).or_insert_with(|| Deduction {
            rule: rule.clone(),
            findings: 0,
            severity: *severity,
            tenths: 0,
        });
        one.findings += 1;
        one.severity = one.severity.max(*severity);
        one.tenths = one.tenths.max(tenths(*severity, *confidence));
    }
    let mut deductions: Vec<Deduction> = rules
        .into_values()
        .map(|mut one| {
            one.tenths += one.tenths * one.findings.saturating_sub(1).min(10) / 10;
            one
        })
        .filter(|one| one.tenths > 0)
        .collect();
    deductions.sort_by(|a, b| b.tenths.cmp(&a.tenths).then_with(|| a.rule.cmp(&b.rule)));
    let taken: u32 = deductions.iter().map(|one| one.tenths).sum();
    let points = 1000_u32.saturating_sub(taken) / 10;
    LineScore {
        number: line.number,
        weight: line.weight,
        assessed: line.assessed,
        points: small(points),
        hundredths: u32::from(line.weight) * u32::from(line.assessed.min(100)) * points / 100,
        deductions,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn severity() -> impl Strategy<Value = Severity> {
        prop::sample::select(Severity::ALL.to_vec())
    }

    fn confidence() -> impl Strategy<Value = Confidence> {
        prop::sample::select(vec![Confidence::Low, Confidence::Medium, Confidence::High])
    }

    fn finding() -> impl Strategy<Value = (String, Severity, Confidence)> {
        (0..6_u8, severity(), confidence())
            .prop_map(|(rule, severity, confidence)| (format!("r{rule}"), severity, confidence))
    }

    fn lines() -> impl Strategy<Value = Vec<ScoredLine>> {
        prop::collection::vec((0..=100_u8, prop::collection::vec(finding(), 0..12)), 10).prop_map(|parts| {
            let line = |(number, (assessed, findings)): (usize, (u8, Vec<_>))| ScoredLine {
                number: number as u8,
                weight: 10,
                assessed,
                findings,
            };
            parts.into_iter().enumerate().map(line).collect()
        })
    }

    fn points(lines: &[ScoredLine]) -> (u8, u8) {
        let worst = lines.iter().flat_map(|line| &line.findings).map(|(_, severity, _)| *severity).max();
        let score = score(lines, worst);
        assert!(score.points <= score.uncapped && score.uncapped <= score.coverage);
        (score.points, score.uncapped)
    }

    proptest! {
        #[test]
        fn one_finding_more_never_raises_and_one_less_never_lowers(
            lines in lines(), at in 0..10_usize, found in finding()
        ) {
            let before = points(&lines);
            let mut more = lines.clone();
            more[at].findings.push(found);
            let after = points(&more);
            prop_assert!(after.0 <= before.0 && after.1 <= before.1);
            let mut less = lines;
            less[at].findings.pop();
            let fixed = points(&less);
            prop_assert!(fixed.0 >= before.0 && fixed.1 >= before.1);
        }

        #[test]
        fn what_was_not_looked_at_never_adds(lines in lines(), at in 0..10_usize, assessed in 0..=100_u8) {
            let mut less = lines.clone();
            less[at].assessed = assessed.min(lines[at].assessed);
            prop_assert!(points(&less).1 <= points(&lines).1);
        }

        #[test]
        fn the_order_of_findings_changes_nothing(lines in lines(), at in 0..10_usize) {
            let mut turned = lines.clone();
            turned[at].findings.reverse();
            let worst = Some(Severity::Low);
            prop_assert_eq!(score(&turned, worst), score(&lines, worst));
        }
    }

    #[test]
    fn the_arithmetic_is_as_published() {
        let line = |findings: Vec<(String, Severity, Confidence)>| ScoredLine {
            number: 1,
            weight: 100,
            assessed: 100,
            findings,
        };
        let one = |severity| vec![("r".to_owned(), severity, Confidence::High)];
        assert_eq!(score(&[line(Vec::new())], None).grade, "A");
        let high = score(&[line(one(Severity::High))], Some(Severity::High));
        assert_eq!((high.points, high.uncapped, high.grade.as_str()), (70, 70, "C"));
        let medium = score(&[line(one(Severity::Medium))], Some(Severity::High));
        assert_eq!((medium.points, medium.uncapped, medium.cap.as_str()), (79, 90, "a high finding is open"));
        let many: Vec<_> = (0..30).flat_map(|_| one(Severity::Low)).collect();
        assert_eq!(score(&[line(many)], Some(Severity::Low)).points, 96);
    }
}
