//! Versions in reports: what is here, until when it is mended, and how advisories stand.

use castellan_model::{
    AdvisoryStatus, AuditReport, ComponentCounts, Finding, OdooVersion, SupportDate, VersionSummary,
};
use maud::{Markup, html};

use crate::terminal::{Look, wrap};

/// The finding is about a version: what is shown of it is no line of the file.
pub(crate) fn is_of_versions(finding: &Finding) -> bool {
    finding.code.starts_with("ADV")
}

/// `Odoo 17.0 of 2025-01-15 (the commit of its checkout), fixes until 2026-09`.
pub(crate) fn odoo(one: &OdooVersion) -> String {
    let built = match &one.built {
        Some(day) => format!(" of {day} ({})", one.built_from),
        None => ", the day of its build is not known".to_owned(),
    };
    let until = match (one.until.is_empty(), one.ended) {
        (true, _) => String::new(),
        (false, true) => format!("; fixes ended with {}", one.until),
        (false, false) => format!("; fixes until the end of {}", one.until),
    };
    format!("Odoo {}{built}{until}", one.series)
}

/// `3 affected, 20 fixed`.
pub(crate) fn standing(one: &OdooVersion) -> String {
    let parts: Vec<String> = AdvisoryStatus::ALL
        .iter()
        .filter_map(|status| {
            let count = one.advisories.iter().filter(|answer| answer.status == *status).count();
            (count > 0).then(|| format!("{count} {}", status.name()))
        })
        .collect();
    let all = one.advisories.len();
    if all == 0 { "no advisory is known for it".to_owned() } else { format!("{all} advisories: {}", parts.join(", ")) }
}

/// `PostgreSQL 12.4: no fixes since 2024-11-21`.
pub(crate) fn date(one: &SupportDate) -> String {
    let state = match (one.until.is_empty(), one.ended) {
        _ if !one.mended_by.is_empty() => {
            let makers = if one.until.is_empty() { "on no day that is known" } else { &one.until };
            format!("mended by {}; its makers' fixes end {makers}", one.mended_by)
        }
        (true, false) => "no end of its fixes is known".to_owned(),
        (true, true) => "no fixes any more".to_owned(),
        (false, true) => format!("no fixes since {}", one.until),
        (false, false) => format!("fixes until {}", one.until),
    };
    let extended = if one.extended.is_empty() { String::new() } else { format!(", extended until {}", one.extended) };
    format!("{} {}: {state}{extended} ({})", one.product, one.version, one.place)
}

/// `143 Python packages (12 with known weaknesses), 812 packages of the system`.
pub(crate) fn components(summary: &VersionSummary) -> String {
    let ComponentCounts { modules, python, system, javascript } = summary.components;
    let weak = summary.vulnerable;
    let parts = [
        (modules, weak.modules, "module of others", "modules of others"),
        (python, weak.python, "Python package", "Python packages"),
        (system, weak.system, "package of the system", "packages of the system"),
        (javascript, weak.javascript, "JavaScript library", "JavaScript libraries"),
    ];
    let shown: Vec<String> = parts
        .iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, weak, singular, plural)| {
            let word = if *count == 1 { singular } else { plural };
            let weak = if *weak > 0 { format!(" ({weak} with known weaknesses)") } else { String::new() };
            format!("{count} {word}{weak}")
        })
        .collect();
    shown.join(", ")
}

/// In short, as a scan ends.
pub(crate) fn terminal(out: &mut String, summary: &VersionSummary, look: Look) {
    out.push_str(&wrap(&odoo_lines(summary), "", "", look.width));
    for one in &summary.odoo {
        out.push_str(&wrap(&format!("{} ({})", odoo(one), one.place), "  ", "    ", look.width));
        out.push_str(&wrap(&standing(one), "    ", "      ", look.width));
    }
    for one in summary.support.iter().filter(|one| one.ended) {
        out.push_str(&wrap(&date(one), "  ", "    ", look.width));
    }
    let components = components(summary);
    if !components.is_empty() {
        out.push_str(&wrap(&components, "  ", "    ", look.width));
    }
    out.push('\n');
}

fn odoo_lines(summary: &VersionSummary) -> String {
    format!("versions of {} (advisories of {})", summary.subject, summary.data)
}

/// In full: every advisory with its reason, every date. `only` leaves out other states.
#[must_use]
pub fn listing(summaries: &[VersionSummary], only: &[AdvisoryStatus], look: Look) -> String {
    let mut out = String::new();
    for summary in summaries {
        out.push_str(&wrap(&odoo_lines(summary), "", "", look.width));
        for one in &summary.odoo {
            out.push('\n');
            out.push_str(&wrap(&odoo(one), "", "  ", look.width));
            out.push_str(&wrap(&one.place, "  ", "    ", look.width));
            out.push_str(&wrap(&standing(one), "  ", "    ", look.width));
            let shown = |status: &AdvisoryStatus| only.is_empty() || only.contains(status);
            for answer in one.advisories.iter().filter(|answer| shown(&answer.status)) {
                let head = format!("{} {} ({}): {}", answer.status.name(), answer.id, answer.severity, answer.title);
                out.push_str(&wrap(&head, "  ", "    ", look.width));
                out.push_str(&wrap(&answer.reason, "    ", "    ", look.width));
            }
        }
        if !summary.support.is_empty() {
            out.push_str("\nsupport\n");
            for one in &summary.support {
                out.push_str(&wrap(&date(one), "  ", "    ", look.width));
            }
        }
        let components = components(summary);
        if !components.is_empty() {
            out.push('\n');
            out.push_str(&wrap(&components, "", "  ", look.width));
        }
        for one in &summary.weak {
            let fixed = if one.fixed.is_empty() { String::new() } else { format!("; fixed in {}", one.fixed) };
            let text = format!("{} {} ({}): {}{fixed}", one.name, one.version, one.place, one.ids.join(", "));
            out.push_str(&wrap(&text, "  ", "    ", look.width));
        }
        out.push('\n');
    }
    out
}

/// Versions for a page.
pub(crate) fn page(report: &AuditReport) -> Markup {
    html! {
        @for summary in &report.versions {
            section.site {
                h2 { "Versions of " (summary.subject) }
                p.meta { "Advisories of " (summary.data) }
                @let components = components(summary);
                @if !components.is_empty() { p { (components) } }
                @if !summary.support.is_empty() {
                    ul { @for one in &summary.support { li { (date(one)) } } }
                }
                @for one in &summary.odoo {
                    p { (odoo(one)) br; code { (one.place) } }
                    @if !one.advisories.is_empty() {
                        details {
                            summary { (standing(one)) }
                            table {
                                thead { tr { th { "advisory" } th { "severity" } th { "state" } th { "why" } } }
                                tbody {
                                    @for answer in &one.advisories {
                                        tr {
                                            td { (answer.id) ": " (answer.title) }
                                            td { (answer.severity) }
                                            td { (answer.status.name()) }
                                            td { (answer.reason) }
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

/// Versions in Markdown.
pub(crate) fn markdown(out: &mut String, report: &AuditReport) {
    for summary in &report.versions {
        out.push_str(&format!("\n## Versions of {}\n\nAdvisories of {}.\n\n", summary.subject, summary.data));
        for one in &summary.odoo {
            out.push_str(&format!("* {} (`{}`); {}\n", odoo(one), one.place, standing(one)));
        }
        for one in &summary.support {
            out.push_str(&format!("* {}\n", date(one)));
        }
        let components = components(summary);
        if !components.is_empty() {
            out.push_str(&format!("* {components}\n"));
        }
    }
}
