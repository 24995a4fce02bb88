//! What a page begins with: score, checklist, ways in, what to do first, frameworks.

use castellan_model::{Answer, AuditReport, Finding, Severity};
use maud::{Markup, html};

use super::charts;
use super::findings::words;
use crate::plan::effort;
use crate::present::Presentation;
use crate::score::remark;
use crate::texts::Texts;

/// Findings that a line or control links to.
const SHOWN: usize = 3;

/// The class of an answer.
const fn class(answer: Answer) -> &'static str {
    match answer {
        Answer::Pass => "pass",
        Answer::Fail => "fail",
        Answer::NotAssessed => "open",
    }
}

fn by_print<'r>(report: &'r AuditReport, print: &str) -> Option<&'r Finding> {
    report.findings.iter().find(|finding| finding.fingerprint == print)
}

/// Links to findings, a few.
fn links(report: &AuditReport, prints: &[String]) -> Markup {
    let shown: Vec<&Finding> = prints.iter().filter_map(|print| by_print(report, print)).collect();
    html! {
        @if !shown.is_empty() {
            ul.links {
                @for finding in shown.iter().take(SHOWN) {
                    li { a href=(format!("#f-{}", finding.fingerprint)) { (words(&finding.message)) } }
                }
                @if shown.len() > SHOWN { li { "+ " (shown.len() - SHOWN) } }
            }
        }
    }
}

/// Score and numbers.
pub(super) fn score(report: &AuditReport, how: &Presentation) -> Markup {
    let texts = &how.texts;
    html! {
        section.score aria-label=(texts.say("Score")) {
            (charts::ring(report, texts))
            div {
                p.lead {
                    strong { (report.score.points) } " " (texts.say("of 100")) " · " (texts.say("Grade")) " " strong { (report.score.grade) }
                }
                p {
                    (texts.say("Coverage")) ": " (report.score.coverage) " % " (texts.say("of the checklist looked at"))
                }
                @if !report.score.cap.is_empty() {
                    p.meta {
                        (texts.say(if report.score.points < 60 {
                            "an open critical finding keeps the score below 60"
                        } else {
                            "an open high finding keeps the score below 80"
                        }))
                    }
                }
            }
            (charts::trend(&how.trend, texts))
        }
    }
}

/// Findings by severity.
pub(super) fn tiles(report: &AuditReport, texts: &Texts) -> Markup {
    html! {
        section.tiles aria-label=(texts.say("Findings by severity")) {
            @for severity in Severity::ALL {
                div class={ "tile " (severity) } { strong { (report.count(severity)) } span { (texts.say(severity.as_str())) } }
            }
            div.tile { strong { (report.suppressed.len()) } span { (texts.say("accepted")) } }
            div.tile { strong { (report.not_assessed.len()) } span { (texts.say("not assessed")) } }
        }
    }
}

/// The fourteen lines.
pub(super) fn checklist(report: &AuditReport, texts: &Texts) -> Markup {
    html! {
        section id="checklist" {
            h2 { (texts.say("Checklist")) }
            figure tabindex="0" { figcaption { (texts.say("Score by line of the checklist")) } (charts::lines(report, texts)) }
            div.wide tabindex="0" {
                table.checklist {
                    thead {
                        tr {
                            th scope="col" { (texts.say("Line")) }
                            th scope="col" { (texts.say("Answer")) }
                            th scope="col" { (texts.say("Points")) }
                            th scope="col" { (texts.say("Looked at")) }
                            th scope="col" { (texts.say("Missing")) }
                        }
                    }
                    tbody {
                        @for line in &report.checklist {
                            tr {
                                th scope="row" { (line.number) ". " (texts.say(&line.title)) p.meta { (remark(report, line)) } (links(report, &line.findings)) }
                                td { span class={ "answer " (class(line.answer)) } { (texts.say(line.answer.name())) } }
                                td.number { @if line.assessed > 0 { (line.points) } @else { "–" } }
                                td { @for what in line.looked_at.iter().take(4) { p { (what) } } }
                                td { @for what in line.missing.iter().take(4) { p { (words(what)) } } @if line.missing.len() > 4 { p { "+ " (line.missing.len() - 4) } } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Attack paths as a graph with its steps as a list.
pub(super) fn ways(report: &AuditReport, texts: &Texts) -> Markup {
    html! {
        section id="ways" {
            h2 { (texts.say("Ways in")) }
            @if report.paths.is_empty() {
                p { (texts.say("No way in was found in what was looked at.")) }
            } @else {
                p.meta { (texts.say("How somebody with little access gets far, in as few steps as there are.")) }
                (charts::ways(&report.paths, texts))
                ol.steps {
                    @for (from, to, action, finding) in charts::edges(&report.paths) {
                        li {
                            strong { (texts.say(from)) " → " (texts.say(to)) } ": " (words(action))
                            @if let Some(finding) = by_print(report, finding) {
                                " (" a href=(format!("#f-{}", finding.fingerprint)) { (finding.rule) } ")"
                            } @else if finding.is_empty() {
                                span.meta { " (" (texts.say("nothing needs to be wrong for this step")) ")" }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The plan.
#[must_use]
pub fn plan(report: &AuditReport, texts: &Texts) -> Markup {
    html! {
        @if !report.plan.is_empty() {
            section id="plan" {
                h2 { (texts.say("What to do first")) }
                ol.plan {
                    @for step in &report.plan {
                        li {
                            h3 { (words(&step.title)) }
                            p.meta {
                                (texts.say("Risk")) " " (step.risk) " · " (texts.say("Effort")) ": " (texts.say(&effort(step.effort)))
                                " · " (texts.say("Score after")) ": " (step.score_after)
                            }
                            @for command in &step.commands { pre.command { code { (command) } } }
                            @if !step.by_hand.is_empty() {
                                details {
                                    summary { (texts.say("By hand")) " (" (step.by_hand.len()) ")" }
                                    ul { @for line in &step.by_hand { li { (words(line)) } } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Controls of frameworks.
pub(super) fn controls(report: &AuditReport, texts: &Texts) -> Markup {
    let mut frameworks: Vec<&str> = report.controls.iter().map(|one| one.framework.as_str()).collect();
    frameworks.dedup();
    html! {
        @if !report.controls.is_empty() {
            section id="frameworks" {
                h2 { (texts.say("Frameworks")) }
                p.meta { (texts.say("What was looked at supports these controls, or speaks against them. It does not say that anybody complies.")) }
                @for framework in frameworks {
                    details {
                        summary { (framework) }
                        div.wide tabindex="0" {
                            table {
                                tbody {
                                    @for one in report.controls.iter().filter(|one| one.framework == framework) {
                                        tr {
                                            th scope="row" { (one.id) }
                                            td { (one.title) (links(report, &one.findings)) }
                                            td {
                                                span class={ "answer " (class(one.answer)) } {
                                                    (texts.say(match one.answer {
                                                        Answer::Pass => "supported",
                                                        Answer::Fail => "contradicted",
                                                        Answer::NotAssessed => "not assessed",
                                                    }))
                                                }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
