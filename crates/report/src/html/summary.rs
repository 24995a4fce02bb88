//! One page for those who decide: where it stands, the worst, what comes first.

use castellan_model::{Answer, AuditReport, Finding};
use maud::{Markup, html};

use super::findings::words;
use super::{charts, footer, header, overview, page, title};
use crate::plan::effort;
use crate::present::Presentation;

/// The summary as a page that prints on one sheet.
#[must_use]
pub fn summary(report: &AuditReport, how: &Presentation) -> String {
    let texts = &how.texts;
    let body = html! {
        (header(report, how))
        main.sheet {
            h2 { (texts.say("Management summary")) }
            (overview::score(report, how))
            (overview::tiles(report, texts))
            (answers(report, how))
            div.columns {
                section {
                    h3 { (texts.say("The worst")) }
                    @if report.findings.is_empty() { p { (texts.say("No findings.")) } }
                    ol { @for finding in worst(report) { li { (words(&finding.message)) } } }
                }
                section {
                    h3 { (texts.say("What to do first")) }
                    ol {
                        @for step in report.plan.iter().take(5) {
                            li { (words(&step.title)) " (" (texts.say(&effort(step.effort))) ", " (texts.say("Score after")) " " (step.score_after) ")" }
                        }
                    }
                }
            }
            @if let Some(path) = report.paths.first() {
                section {
                    h3 { (texts.say("Ways in")) }
                    p { (texts.say(path.from.name())) " " (texts.say("reaches")) " " strong { (texts.say(&path.goal)) } ": "
                        @for (at, step) in path.steps.iter().enumerate() { @if at > 0 { ", " } (words(&step.action)) }
                    }
                }
            }
            section {
                h3 { (texts.say("What was not looked at")) }
                p {
                    @let open: Vec<String> = report.checklist.iter().filter(|line| line.assessed < 100).map(|line| texts.say(&line.title)).collect();
                    @if open.is_empty() { (texts.say("Everything that the checklist needs was looked at.")) } @else { (open.join(" · ")) }
                }
            }
        }
        (footer(how))
    };
    page(&title(report, how), how, &body)
}

/// The worst findings, one of each rule.
pub(crate) fn worst(report: &AuditReport) -> Vec<&Finding> {
    let mut sorted: Vec<&Finding> = report.findings.iter().collect();
    sorted.sort_by(|a, b| {
        (b.severity, b.confidence).cmp(&(a.severity, a.confidence)).then_with(|| a.fingerprint.cmp(&b.fingerprint))
    });
    let mut rules: Vec<&str> = Vec::new();
    sorted.retain(|finding| {
        let is_first = !rules.contains(&finding.rule.as_str());
        rules.push(&finding.rule);
        is_first
    });
    sorted.truncate(5);
    sorted
}

fn answers(report: &AuditReport, how: &Presentation) -> Markup {
    let count = |answer: Answer| report.checklist.iter().filter(|line| line.answer == answer).count();
    html! {
        @if !report.checklist.is_empty() {
            p {
                (how.texts.say("Checklist")) ": "
                @for answer in [Answer::Pass, Answer::Fail, Answer::NotAssessed] {
                    strong { (count(answer)) } " " (how.texts.say(answer.name())) @if answer != Answer::NotAssessed { ", " }
                }
            }
            figure tabindex="0" { (charts::lines(report, &how.texts)) }
        }
    }
}
