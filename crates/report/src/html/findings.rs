//! The findings of a page: filters by severity, module and rule, and a card for each.

use castellan_model::{AuditReport, Finding, Location, Severity, SuppressedBy};
use maud::{Markup, html};

use crate::texts::Texts;
use crate::{instances, sites, versions};

/// Everything about findings.
pub(super) fn section(report: &AuditReport, texts: &Texts) -> Markup {
    let mut modules: Vec<&str> = report.findings.iter().filter_map(|finding| finding.module.as_deref()).collect();
    modules.sort_unstable();
    modules.dedup();
    let mut rules: Vec<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    html! {
        section id="findings" {
            h2 { (texts.say("Findings")) }
            (filters(&modules, &rules, texts))
            (sources(report, texts))
            @if report.findings.is_empty() { p.empty { (texts.say("No findings.")) } }
            @for finding in &report.findings { (card(finding, texts)) }
        }
        (accepted(report, texts))
        (not_assessed(report, texts))
        (foreign(report, texts))
    }
}

fn filters(modules: &[&str], rules: &[&str], texts: &Texts) -> Markup {
    html! {
        form.filters {
            label { (texts.say("Severity")) " "
                select name="severity" {
                    option value="" { (texts.say("all")) }
                    @for severity in Severity::ALL { option value=(severity) { (texts.say(severity.as_str())) } }
                }
            }
            label { (texts.say("Module")) " "
                select name="module" {
                    option value="" { (texts.say("all")) }
                    @for module in modules { option value=(module) { (module) } }
                }
            }
            label { (texts.say("Rule")) " "
                select name="rule" {
                    option value="" { (texts.say("all")) }
                    @for rule in rules { option value=(rule) { (rule) } }
                }
            }
            output name="shown" data-word=(texts.say("shown")) {}
        }
    }
}

/// Words in backquotes as code.
#[must_use]
pub fn words(text: &str) -> Markup {
    html! {
        @for (index, part) in text.split('`').enumerate() {
            @if index % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

fn place(location: &Location) -> String {
    if sites::is_url(&location.path) {
        return location.path.clone();
    }
    format!("{}:{}:{}", location.path, location.span.start.line, location.span.start.column)
}

fn source(location: &Location) -> Markup {
    let span = location.span;
    html! {
        pre.source tabindex="0" {
            @for (index, line) in location.excerpt.lines.iter().enumerate() {
                @let number = location.excerpt.first_line + u32::try_from(index).unwrap_or(0);
                @let length = line.chars().count();
                @let start = if number == span.start.line { span.start.column.saturating_sub(1) as usize } else { 0 };
                @let end = if number == span.end.line { span.end.column.saturating_sub(1) as usize } else { length };
                // Lines around the place are there to be read only.
                @let (start, end) = if number < span.start.line || number > span.end.line { (0, 0) } else { (start, end) };
                @let (start, end) = (start.min(length), end.min(length).max(start.min(length)));
                span.number { (format!("{number:>5} ")) }
                (line.chars().take(start).collect::<String>())
                mark { (line.chars().skip(start).take(end - start).collect::<String>()) }
                (line.chars().skip(end).collect::<String>())
                "\n"
            }
        }
    }
}

fn card(finding: &Finding, texts: &Texts) -> Markup {
    html! {
        article.finding id=(format!("f-{}", finding.fingerprint)) data-severity=(finding.severity) data-rule=(finding.rule) data-module=(finding.module.as_deref().unwrap_or("")) {
            h3 {
                span class={ "badge " (finding.severity) } { (texts.say(finding.severity.as_str())) }
                " " (words(&finding.message))
            }
            p.meta {
                code { (finding.rule) } " · CWE-" (finding.cwe) " · " (texts.say("confidence")) " " (texts.say(finding.confidence.as_str()))
                @if let Some(module) = &finding.module { " · " (module) }
            }
            (evidence(finding, texts))
        }
    }
}

/// What shows a finding, why it matters, what to do.
#[must_use]
pub fn evidence(finding: &Finding, texts: &Texts) -> Markup {
    html! {
        p.place { @if instances::is_of_records(finding) { (finding.location.path) } @else { (place(&finding.location)) } }
        @if versions::is_of_versions(finding) {
            p { @for line in &finding.location.excerpt.lines { code { (line) } } }
        } @else if !sites::is_told_by_message(finding) {
            (source(&finding.location))
        }
        @if finding.flow.len() > 1 {
            details {
                summary { (texts.say("How it gets there")) " (" (finding.flow.len()) " " (texts.say("steps")) ")" }
                ol {
                    @for step in &finding.flow {
                        li { (words(&step.message)) " " span.place { (place(&step.location)) } (source(&step.location)) }
                    }
                }
            }
        }
        @for related in &finding.related {
            p { (words(&related.message)) ": " span.place { (place(&related.location)) } }
        }
        @if let Some(adjusted) = &finding.adjusted {
            p.meta { (texts.say("was")) " " (texts.say(adjusted.from.as_str())) ": " (words(&adjusted.because)) }
        }
        p { strong { (texts.say("Why")) ": " } (words(&finding.why)) }
        p { strong { (texts.say("Fix")) ": " } (words(&finding.help)) }
        @if let Some(fix) = &finding.fix {
            p.meta { code { "castellan fix" } " can do it: " (words(&fix.title)) }
        }
    }
}

fn sources(report: &AuditReport, texts: &Texts) -> Markup {
    html! {
        @if !report.sources.is_empty() {
            section {
                h2 { (texts.say("Found")) }
                table {
                    thead { tr { th scope="col" { (texts.say("kind")) } th scope="col" { (texts.say("path")) } th scope="col" { (texts.say("what")) } } }
                    tbody {
                        @for source in &report.sources {
                            tr { td { (source.kind) } td { (source.path) } td { (source.detail) } }
                        }
                    }
                }
            }
        }
    }
}

fn accepted(report: &AuditReport, texts: &Texts) -> Markup {
    html! {
        @if !report.suppressed.is_empty() {
            section {
                h2 { (texts.say("Accepted")) }
                table {
                    thead { tr { th scope="col" { (texts.say("rule")) } th scope="col" { (texts.say("place")) } th scope="col" { (texts.say("reason")) } th scope="col" { (texts.say("who")) } th scope="col" { (texts.say("until")) } } }
                    tbody {
                        @for item in &report.suppressed {
                            tr {
                                td { code { (item.finding.rule) } }
                                td { (place(&item.finding.location)) }
                                td { (item.reason) }
                                @if let SuppressedBy::Accepted { who, until } = &item.suppressed_by { td { (who) } td { (until) } } @else { td {} td {} }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn not_assessed(report: &AuditReport, texts: &Texts) -> Markup {
    html! {
        @if !report.not_assessed.is_empty() {
            section {
                h2 { (texts.say("Not assessed")) }
                table {
                    thead { tr { th scope="col" { (texts.say("path")) } th scope="col" { (texts.say("reason")) } } }
                    tbody {
                        @for note in &report.not_assessed { tr { td { (note.path) } td { (note.reason) } } }
                    }
                }
            }
        }
    }
}

fn foreign(report: &AuditReport, texts: &Texts) -> Markup {
    html! {
        @if !report.foreign_markers.is_empty() {
            section {
                h2 { (texts.say("Markers of other tools")) }
                table {
                    thead { tr { th scope="col" { (texts.say("place")) } th scope="col" { (texts.say("marker")) } th scope="col" { (texts.say("our findings there")) } } }
                    tbody {
                        @for marker in &report.foreign_markers {
                            tr {
                                td { (marker.path) ":" (marker.line) }
                                td { code { (marker.marker) } }
                                td { @if marker.disagrees.is_empty() { (texts.say("none")) } @else { (marker.disagrees.join(", ")) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
