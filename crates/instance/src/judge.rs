//! Runs the rules over evidence, and says of every rule how it ended.

use castellan_model::{Check, CheckOutcome, Excerpt, Finding, Location, Page, Position, Record, Span, fingerprint};

use crate::evidence::Evidence;
use crate::rule::{Report, Rule, Unjudged};
use crate::rules;
use crate::view::View;

/// Records that a report shows; the JSON report has them all.
const SHOWN: usize = 12;

/// What the rules say of a database.
#[derive(Debug, Clone, Default)]
pub struct Judgement {
    /// The weaknesses.
    pub findings: Vec<Finding>,
    /// How every rule ended.
    pub checks: Vec<Check>,
}

/// Judges evidence. `disabled` rules do not run; with `only`, no others do.
#[must_use]
pub fn judge(evidence: &Evidence, disabled: &[String], only: &[String]) -> Judgement {
    let view = View::new(evidence);
    let mut out = Judgement::default();
    for rule in rules::all() {
        let id = rule.meta.id;
        let named = |list: &[String]| list.iter().any(|name| name == id || name == rule.meta.code);
        if named(disabled) || (!only.is_empty() && !named(only)) {
            continue;
        }
        let (outcome, reason) = match (rule.check)(&view) {
            Ok(reports) if reports.is_empty() => (CheckOutcome::NotVulnerable, String::new()),
            Ok(reports) => {
                let page = Page::parse(rule.source);
                out.findings.extend(reports.iter().map(|report| finding(&view, &rule, &page, report)));
                (CheckOutcome::Vulnerable, String::new())
            }
            Err(Unjudged::NotApplicable(reason)) => (CheckOutcome::NotApplicable, reason),
            Err(Unjudged::NotAssessed(reason)) => (CheckOutcome::CouldNotTell, reason),
        };
        out.checks.push(Check { rule: id.to_owned(), outcome, reason });
    }
    out
}

fn finding(view: &View<'_>, rule: &Rule, page: &Page, report: &Report) -> Finding {
    let meta = rule.meta;
    let records: Vec<Record> = report
        .records
        .iter()
        .map(|(id, label)| Record {
            model: report.model.to_owned(),
            id: *id,
            external_id: view.name(report.model, *id).map(str::to_owned),
            label: label.clone(),
        })
        .collect();
    Finding {
        reach: None,
        adjusted: None,
        rule: meta.id.to_owned(),
        code: meta.code.to_owned(),
        message: report.message.clone(),
        why: page.why.clone(),
        help: page.fix.clone(),
        severity: report.severity.unwrap_or(meta.severity),
        confidence: report.confidence.unwrap_or(meta.confidence),
        persona: meta.persona,
        cwe: meta.cwe,
        module: None,
        fingerprint: fingerprint(meta.id, &view.evidence.database, report.model, &report.scope, 0),
        location: location(view.evidence, report, &records),
        records,
        query: Some(report.query.clone()),
        related: Vec::new(),
        flow: Vec::new(),
        fix: None,
    }
}

/// The query, and the records below it.
fn location(evidence: &Evidence, report: &Report, records: &[Record]) -> Location {
    let mut lines = vec![format!("{}: {}", report.model, report.query)];
    for record in records.iter().take(SHOWN) {
        let external = record.external_id.as_ref().map(|name| format!("  {name}")).unwrap_or_default();
        lines.push(format!("{:>6}  {}{external}", record.id, record.label));
    }
    if records.len() > SHOWN {
        lines.push(format!("        and {} more", records.len() - SHOWN));
    }
    let lines: Vec<String> = lines.iter().map(|line| line.chars().take(160).collect()).collect();
    let number = if records.is_empty() { 1 } else { 2 };
    let text = lines.get(number - 1).map_or("", String::as_str);
    let start = text.len() - text.trim_start().len();
    let position = |column: usize| Position {
        line: u32::try_from(number).unwrap_or(1),
        column: u32::try_from(column + 1).unwrap_or(1),
    };
    let span = Span { start: position(start), end: position(text.chars().count()) };
    Location {
        path: format!("{}/{}", evidence.database, report.model),
        span,
        excerpt: Excerpt { first_line: 1, lines },
    }
}
