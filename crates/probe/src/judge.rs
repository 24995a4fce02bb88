//! Runs the rules over evidence, and says of every rule how it ended.

use castellan_model::{Check, CheckOutcome, Excerpt, Finding, Location, Page, Position, Reach, Span, fingerprint};

use crate::evidence::{Evidence, Exchange};
use crate::rule::{Report, Rule};
use crate::rules;
use crate::view::{Unjudged, View};

/// What the rules say of a site.
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
                for (nth, report) in reports.iter().enumerate() {
                    out.findings.push(finding(evidence, &rule, &page, report, nth));
                }
                (CheckOutcome::Vulnerable, String::new())
            }
            Err(Unjudged::NotApplicable(reason)) => (CheckOutcome::NotApplicable, reason),
            Err(Unjudged::CouldNotTell(reason)) => (CheckOutcome::CouldNotTell, reason),
        };
        out.checks.push(Check { rule: id.to_owned(), outcome, reason });
    }
    out
}

fn finding(evidence: &Evidence, rule: &Rule, page: &Page, report: &Report, nth: usize) -> Finding {
    let exchange = report.probe.as_ref().and_then(|probe| evidence.exchanges.get(probe));
    let meta = rule.meta;
    let location = location(evidence, exchange, report);
    Finding {
        reach: Some(Reach::Anonymous),
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
        fingerprint: fingerprint(meta.id, &evidence.site, report.probe.as_deref().unwrap_or_default(), "", nth),
        location,
        related: Vec::new(),
        records: Vec::new(),
        query: None,
        flow: Vec::new(),
        fix: None,
    }
}

/// The request and the telling lines of the answer, as a transcript.
fn location(evidence: &Evidence, exchange: Option<&Exchange>, report: &Report) -> Location {
    let mut lines = Vec::new();
    let mut shown = None;
    let path = match exchange {
        None => {
            lines.push(report.needle.clone().unwrap_or_else(|| report.message.clone()));
            evidence.site.clone()
        }
        Some(exchange) => {
            lines.push(format!("> {} {}", exchange.method, exchange.url));
            lines.extend(exchange.sent.iter().map(|(name, value)| format!("> {name}: {value}")));
            lines.push(format!("< {}", exchange.status));
            if let Some(needle) = &report.needle {
                let header = exchange
                    .headers
                    .iter()
                    .map(|(name, value)| format!("{name}: {value}"))
                    .find(|line| line.contains(needle));
                let body = || {
                    exchange.body.lines().find(|line| line.contains(needle.as_str())).map(|line| around(line, needle))
                };
                if let Some(line) = header.or_else(body) {
                    let line = format!("< {}", mask(&line));
                    shown = line.find(needle.as_str()).map(|at| (lines.len(), at, needle.len()));
                    lines.push(line);
                }
            }
            exchange.url.clone()
        }
    };
    let lines: Vec<String> = lines.iter().map(|line| line.chars().take(160).collect()).collect();
    let (line, start, length) = shown.unwrap_or_else(|| {
        let last = lines.len().saturating_sub(1);
        (last, 0, lines.get(last).map_or(0, String::len))
    });
    let text = lines.get(line).map_or("", String::as_str);
    let column =
        |byte: usize| u32::try_from(text.char_indices().take_while(|(at, _)| *at < byte).count() + 1).unwrap_or(1);
    let number = u32::try_from(line + 1).unwrap_or(1);
    let span = Span {
        start: Position { line: number, column: column(start) },
        end: Position { line: number, column: column((start + length).min(text.len())) },
    };
    Location { path, span, excerpt: Excerpt { first_line: 1, lines } }
}

/// The part of a long line that holds the needle.
fn around(line: &str, needle: &str) -> String {
    let at = line.find(needle).unwrap_or(0);
    let before = line.get(..at).unwrap_or_default();
    let start: String = before.chars().rev().take(40).collect::<Vec<_>>().into_iter().rev().collect();
    let rest: String = line.get(at..).unwrap_or_default().chars().take(110).collect();
    format!("{start}{rest}").trim().to_owned()
}

/// Session ids and tokens are not repeated.
fn mask(line: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    let flush = |run: &mut String, out: &mut String| {
        let secret =
            run.len() >= 32 && run.chars().any(|char| char.is_ascii_digit()) && run.chars().any(char::is_alphabetic);
        if secret {
            out.push_str(&run.chars().take(4).collect::<String>());
            out.push('…');
        } else {
            out.push_str(run);
        }
        run.clear();
    };
    for char in line.chars() {
        if char.is_ascii_alphanumeric() || matches!(char, '_' | '-' | '+') {
            run.push(char);
        } else {
            flush(&mut run, &mut out);
            out.push(char);
        }
    }
    flush(&mut run, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::mask;

    #[test]
    fn tokens_are_masked() {
        assert_eq!(
            mask("set-cookie: session_id=55da6617edf3665ce871a1a76fbecd3271f4cd9c; HttpOnly"),
            "set-cookie: session_id=55da…; HttpOnly"
        );
        assert_eq!(mask("server: nginx/1.22.1"), "server: nginx/1.22.1");
    }
}
