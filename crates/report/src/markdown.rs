//! Markdown for a comment in a pull request or a wiki.

use castellan_model::{AuditReport, Severity};

use crate::{instances, plan, score, sites, versions};

/// The audit as Markdown.
#[must_use]
pub fn markdown(report: &AuditReport) -> String {
    let mut out = String::from("# Castellan\n\n");
    out.push_str(&format!(
        "{}{} rules.\n\n",
        if report.files == 0 && !(report.sites.is_empty() && report.instances.is_empty()) {
            String::new()
        } else {
            format!("{} modules, {} files, {} lines, ", report.modules.len(), report.files, report.lines)
        },
        report.rules
    ));
    checklist(&mut out, report);
    out.push_str("| severity | open |\n|---|---|\n");
    for severity in Severity::ALL {
        out.push_str(&format!("| {severity} | {} |\n", report.count(severity)));
    }
    sites::markdown(&mut out, report);
    instances::markdown(&mut out, report);
    versions::markdown(&mut out, report);
    let mut seen: Vec<String> = Vec::new();
    for finding in &report.findings {
        let heading = sites::heading(report, finding);
        if !seen.contains(&heading) {
            seen.push(heading);
        }
    }
    for heading in seen {
        let title = heading.strip_prefix("module ").unwrap_or(&heading);
        out.push_str(&format!(
            "\n## {title}{}\n\n",
            if report.sites.iter().any(|site| site.site == heading) || heading.starts_with("database ") {
                ": findings"
            } else {
                ""
            }
        ));
        for finding in report.findings.iter().filter(|finding| sites::heading(report, finding) == heading) {
            let place = format!("{}:{}", finding.location.path, finding.location.span.start.line);
            out.push_str(&format!(
                "* **{}** `{}` {} (`{place}`)\n",
                finding.severity,
                finding.rule,
                escape(&finding.message)
            ));
            for step in &finding.flow {
                let at = format!("{}:{}", step.location.path, step.location.span.start.line);
                out.push_str(&format!("  * `{at}` {}\n", escape(&step.message)));
            }
            out.push_str(&format!("  * Fix: {}\n", escape(&finding.help)));
        }
    }
    if !report.sources.is_empty() {
        out.push_str("\n## Found\n\n");
        for source in &report.sources {
            out.push_str(&format!("* {} `{}`: {}\n", source.kind, source.path, escape(&source.detail)));
        }
    }
    if !report.suppressed.is_empty() {
        out.push_str("\n## Accepted\n\n");
        for item in &report.suppressed {
            let start = item.finding.location.span.start.line;
            out.push_str(&format!(
                "* `{}` {}:{start}: {}\n",
                item.finding.rule,
                item.finding.location.path,
                escape(&item.reason)
            ));
        }
    }
    if !report.not_assessed.is_empty() {
        out.push_str("\n## Not assessed\n\n");
        for note in &report.not_assessed {
            out.push_str(&format!("* `{}`: {}\n", note.path, escape(&note.reason)));
        }
    }
    out
}

/// Score, checklist, ways in and what to do first.
fn checklist(out: &mut String, report: &AuditReport) {
    if report.checklist.is_empty() || !score::is_of_a_deployment(report) {
        return;
    }
    out.push_str(&format!("**{}**\n\n| line | answer | | missing |\n|---|---|---|---|\n", score::headline(report)));
    for line in &report.checklist {
        out.push_str(&format!(
            "| {}. {} | {} | {} | {} |\n",
            line.number,
            escape(&line.title),
            line.answer.name(),
            score::remark(report, line),
            escape(&line.missing.join("; "))
        ));
    }
    for path in &report.paths {
        let steps: Vec<&str> = path.steps.iter().map(|step| step.action.as_str()).collect();
        out.push_str(&format!("\n* Way in: {} to {}: {}", path.from.name(), path.goal, escape(&steps.join(", then "))));
    }
    if !report.plan.is_empty() {
        out.push_str("\n\n## What to do first\n\n");
        for step in &report.plan {
            let effort = plan::effort(step.effort);
            out.push_str(&format!(
                "1. {} (risk {}, {effort}; score after it {})\n",
                escape(&step.title),
                step.risk,
                step.score_after
            ));
        }
    }
    out.push('\n');
}

fn escape(text: &str) -> String {
    text.replace('\n', " ").replace('<', "&lt;").replace('|', "\\|")
}
