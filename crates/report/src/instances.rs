//! Live databases in reports: what they are, what could not be read, and how the checks ended.

use castellan_model::{AuditReport, Finding, InstanceSummary};
use maud::{Markup, html};

use crate::sites::{outcomes, untold};

/// The finding is about records of a database.
pub(crate) fn is_of_records(finding: &Finding) -> bool {
    finding.query.is_some() && finding.location.path.split('/').nth(1).is_some_and(|model| !model.contains(' '))
}

/// The heading of a finding about a database: its name is the first part of the path.
pub(crate) fn heading(finding: &Finding) -> Option<String> {
    finding.query.as_ref()?;
    Some(format!("database {}", finding.location.path.split('/').next().unwrap_or_default()))
}

/// Who read it, how, and what it cost.
pub(crate) fn cost(instance: &InstanceSummary) -> String {
    let seconds = std::time::Duration::from_millis(instance.milliseconds).as_secs_f64();
    let ways = instance.ways.join(" and ");
    let requests = if instance.requests > 0 { format!("{} requests, ", instance.requests) } else { String::new() };
    format!("read by {} through {ways}: {requests}{seconds:.1} s", instance.account)
}

/// How the checks ended, in one line.
pub(crate) fn coverage(instance: &InstanceSummary) -> String {
    outcomes(&instance.checks, instance.coverage())
}

/// Databases for a page.
pub(crate) fn page(report: &AuditReport) -> Markup {
    html! {
        @for instance in &report.instances {
            section.site {
                h2 { "Database " (instance.database) }
                p { (instance.identity) ", " (instance.source) }
                p.meta { (coverage(instance)) }
                p.meta { (cost(instance)) }
                @if !instance.facts.is_empty() { ul { @for fact in &instance.facts { li { (fact) } } } }
                @if !instance.gaps.is_empty() {
                    details open {
                        summary { "What was not read" }
                        ul { @for gap in &instance.gaps { li { (gap) } } }
                    }
                }
                @let untold = untold(&instance.checks);
                @if !untold.is_empty() {
                    details {
                        summary { "What was not assessed" }
                        table {
                            thead { tr { th { "reason" } th { "checks" } } }
                            tbody { @for (reason, rules) in untold { tr { td { (reason) } td { (rules.join(", ")) } } } }
                        }
                    }
                }
            }
        }
    }
}

/// Databases in Markdown.
pub(crate) fn markdown(out: &mut String, report: &AuditReport) {
    for instance in &report.instances {
        out.push_str(&format!(
            "\n## Database {}\n\n{}, {}.\n\n",
            instance.database, instance.identity, instance.source
        ));
        out.push_str(&format!("* {}\n* {}\n", coverage(instance), cost(instance)));
        for fact in &instance.facts {
            out.push_str(&format!("* {fact}\n"));
        }
        for gap in &instance.gaps {
            out.push_str(&format!("* **Not read**: {gap}\n"));
        }
        for (reason, rules) in untold(&instance.checks) {
            out.push_str(&format!("* Not assessed, {reason}: `{}`\n", rules.join("`, `")));
        }
    }
}
