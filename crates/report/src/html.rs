//! One self-contained page: no network, filters by severity, module and rule.

use crate::{instances, sites, versions};
use castellan_model::{AuditReport, Finding, Location, Severity};
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("report.css");
const SCRIPT: &str = include_str!("report.js");

/// The audit as a page.
#[must_use]
pub fn html(report: &AuditReport) -> String {
    let mut modules: Vec<&str> = report.findings.iter().filter_map(|finding| finding.module.as_deref()).collect();
    modules.sort_unstable();
    modules.dedup();
    let mut rules: Vec<&str> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
    rules.sort_unstable();
    rules.dedup();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Castellan audit" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { "Castellan" }
                    p { (report.targets.join(", ")) }
                    p.counts {
                        @if !report.modules.is_empty() || (report.sources.is_empty() && report.sites.is_empty() && report.instances.is_empty()) { (report.modules.len()) " modules, " }
                        @if report.files > 0 { (report.files) " files, " (report.lines) " lines, " }
                        (report.rules) " rules, version " (report.castellan)
                    }
                }
                main {
                    section.tiles aria-label="Open findings by severity" {
                        @for severity in Severity::ALL {
                            div class={ "tile " (severity) } {
                                strong { (report.count(severity)) }
                                span { (severity) }
                            }
                        }
                        div.tile { strong { (report.suppressed.len()) } span { "accepted" } }
                        div.tile { strong { (report.not_assessed.len()) } span { "not assessed" } }
                    }
                    (sites::page(report))
                    (instances::page(report))
                    (versions::page(report))
                    (filters(&modules, &rules))
                    (sources(report))
                    @if report.findings.is_empty() {
                        p.empty { "No findings." }
                    }
                    @for finding in &report.findings {
                        (card(finding))
                    }
                    (accepted(report))
                    (not_assessed(report))
                    (foreign(report))
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

fn filters(modules: &[&str], rules: &[&str]) -> Markup {
    html! {
        form.filters {
            label { "Severity "
                select name="severity" {
                    option value="" { "all" }
                    @for severity in Severity::ALL { option value=(severity) { (severity) } }
                }
            }
            label { "Module "
                select name="module" {
                    option value="" { "all" }
                    @for module in modules { option value=(module) { (module) } }
                }
            }
            label { "Rule "
                select name="rule" {
                    option value="" { "all" }
                    @for rule in rules { option value=(rule) { (rule) } }
                }
            }
            output name="shown" {}
        }
    }
}

/// Words in backquotes as code.
fn words(text: &str) -> Markup {
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
        pre.source {
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

fn card(finding: &Finding) -> Markup {
    html! {
        article.finding data-severity=(finding.severity) data-rule=(finding.rule) data-module=(finding.module.as_deref().unwrap_or("")) {
            h2 {
                span class={ "badge " (finding.severity) } { (finding.severity) }
                " " (words(&finding.message))
            }
            p.meta {
                code { (finding.rule) } " · CWE-" (finding.cwe) " · " (finding.confidence) " confidence"
                @if let Some(module) = &finding.module { " · " (module) }
            }
            p.place { @if instances::is_of_records(finding) { (finding.location.path) } @else { (place(&finding.location)) } }
            @if versions::is_of_versions(finding) {
                p { @for line in &finding.location.excerpt.lines { code { (line) } } }
            } @else if !sites::is_told_by_message(finding) {
                (source(&finding.location))
            }
            @if finding.flow.len() > 1 {
                details {
                    summary { "How it gets there (" (finding.flow.len()) " steps)" }
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
            p { strong { "Why: " } (words(&finding.why)) }
            p { strong { "Fix: " } (words(&finding.help)) }
            @if let Some(fix) = &finding.fix {
                p.meta { code { "castellan fix" } " can do it: " (words(&fix.title)) }
            }
        }
    }
}

fn sources(report: &AuditReport) -> Markup {
    html! {
        @if !report.sources.is_empty() {
            section {
                h2 { "Found" }
                table {
                    thead { tr { th { "kind" } th { "path" } th { "what" } } }
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

fn accepted(report: &AuditReport) -> Markup {
    html! {
        @if !report.suppressed.is_empty() {
            section {
                h2 { "Accepted" }
                table {
                    thead { tr { th { "rule" } th { "place" } th { "reason" } } }
                    tbody {
                        @for item in &report.suppressed {
                            tr { td { code { (item.finding.rule) } } td { (place(&item.finding.location)) } td { (item.reason) } }
                        }
                    }
                }
            }
        }
    }
}

fn not_assessed(report: &AuditReport) -> Markup {
    html! {
        @if !report.not_assessed.is_empty() {
            section {
                h2 { "Not assessed" }
                table {
                    thead { tr { th { "path" } th { "reason" } } }
                    tbody {
                        @for note in &report.not_assessed { tr { td { (note.path) } td { (note.reason) } } }
                    }
                }
            }
        }
    }
}

fn foreign(report: &AuditReport) -> Markup {
    html! {
        @if !report.foreign_markers.is_empty() {
            section {
                h2 { "Markers of other tools" }
                table {
                    thead { tr { th { "place" } th { "marker" } th { "our findings there" } } }
                    tbody {
                        @for marker in &report.foreign_markers {
                            tr {
                                td { (marker.path) ":" (marker.line) }
                                td { code { (marker.marker) } }
                                td { @if marker.disagrees.is_empty() { "none" } @else { (marker.disagrees.join(", ")) } }
                            }
                        }
                    }
                }
            }
        }
    }
}
