//! Sites in reports: what they are, how the checks ended, and the grades.

use castellan_model::{AuditReport, Check, CheckOutcome, Finding, SiteSummary};
use maud::{Markup, html};

/// The heading under which a finding stands: its module, its site, or what is neither.
pub(crate) fn heading(report: &AuditReport, finding: &Finding) -> String {
    if let Some(module) = &finding.module {
        return format!("module {module}");
    }
    if let Some(heading) = crate::instances::heading(finding) {
        return heading;
    }
    if crate::versions::is_of_versions(finding) {
        return "versions".to_owned();
    }
    let path = finding.location.path.as_str();
    if let Some(host) = host(path) {
        let site = report.sites.iter().find(|site| self::host(&site.site) == Some(host));
        return site.map_or_else(|| host.to_owned(), |site| site.site.clone());
    }
    if path.ends_with(".py") { "code outside modules".to_owned() } else { "configuration and host".to_owned() }
}

/// The place is an answer of a site, not a line of a file.
pub(crate) fn is_url(path: &str) -> bool {
    host(path).is_some()
}

/// There is nothing to show but the message: it was seen in no single line.
pub(crate) fn is_told_by_message(finding: &Finding) -> bool {
    finding.location.excerpt.lines == [finding.message.as_str()]
}

/// The host of a URL, without its port.
fn host(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let authority = rest.split(['/', '?', '#']).next()?;
    match authority.strip_prefix('[') {
        Some(address) => address.split(']').next(),
        None => authority.split(':').next(),
    }
}

/// How the checks of a site ended, in one line.
pub(crate) fn coverage(site: &SiteSummary) -> String {
    outcomes(&site.checks, site.coverage())
}

/// How checks ended, in one line.
pub(crate) fn outcomes(checks: &[Check], told: usize) -> String {
    let of = |outcome| checks.iter().filter(|check| check.outcome == outcome).count();
    format!(
        "{} checks: {} vulnerable, {} not vulnerable, {} not applicable, {} could not be told ({told} % told)",
        checks.len(),
        of(CheckOutcome::Vulnerable),
        of(CheckOutcome::NotVulnerable),
        of(CheckOutcome::NotApplicable),
        of(CheckOutcome::CouldNotTell),
    )
}

/// What the scan cost.
pub(crate) fn cost(site: &SiteSummary) -> String {
    let seconds = std::time::Duration::from_millis(site.milliseconds).as_secs_f64();
    format!("{} requests, {} connections, {seconds:.1} s; consent {}", site.requests, site.connections, site.consent)
}

/// Checks without a verdict, by reason, in the order of the rules.
pub(crate) fn untold(checks: &[Check]) -> Vec<(&str, Vec<&str>)> {
    let mut out: Vec<(&str, Vec<&str>)> = Vec::new();
    for check in checks.iter().filter(|check| check.outcome == CheckOutcome::CouldNotTell) {
        match out.iter_mut().find(|(reason, _)| *reason == check.reason) {
            Some((_, rules)) => rules.push(&check.rule),
            None => out.push((&check.reason, vec![&check.rule])),
        }
    }
    out
}

/// Sites for a page.
pub(crate) fn page(report: &AuditReport) -> Markup {
    html! {
        @for site in &report.sites {
            section.site {
                h2 { (site.site) }
                p { (site.identity) }
                @for limit in &site.limits { p.limit { strong { "Not whole: " } (limit) } }
                @if !site.grades.is_empty() {
                    div.tiles {
                        @for grade in &site.grades {
                            div.tile { strong { (grade.grade) } span { (grade.scheme) ", " (grade.score) } }
                        }
                    }
                }
                p.meta { (coverage(site)) }
                p.meta { (cost(site)) }
                @if !site.facts.is_empty() { ul { @for fact in &site.facts { li { (fact) } } } }
                @for grade in &site.grades {
                    details {
                        summary { "Why " (grade.grade) " by " (grade.scheme) }
                        ul { @for reason in &grade.reasons { li { (reason) } } @if grade.reasons.is_empty() { li { "nothing took points" } } }
                    }
                }
                @let untold = untold(&site.checks);
                @if !untold.is_empty() {
                    details {
                        summary { "What could not be told" }
                        table {
                            thead { tr { th { "reason" } th { "checks" } } }
                            tbody { @for (reason, rules) in untold { tr { td { (reason) } td { (rules.join(", ")) } } } }
                        }
                    }
                }
                @if !site.signals.is_empty() {
                    details { summary { "Why it is taken for an Odoo" } ul { @for signal in &site.signals { li { (signal) } } } }
                }
                @if !site.modules.is_empty() {
                    details { summary { (site.modules.len()) " installed modules" } p { (site.modules.join(", ")) } }
                }
            }
        }
    }
}

/// Sites in Markdown.
pub(crate) fn markdown(out: &mut String, report: &AuditReport) {
    for site in &report.sites {
        out.push_str(&format!("\n## {}\n\n{}.\n\n", site.site, site.identity));
        for limit in &site.limits {
            out.push_str(&format!("* **Not whole**: {limit}\n"));
        }
        for grade in &site.grades {
            let reasons =
                if grade.reasons.is_empty() { String::new() } else { format!(": {}", grade.reasons.join("; ")) };
            out.push_str(&format!("* {}: **{}** ({}){reasons}\n", grade.scheme, grade.grade, grade.score));
        }
        out.push_str(&format!("* {}\n* {}\n", coverage(site), cost(site)));
        for fact in &site.facts {
            out.push_str(&format!("* {fact}\n"));
        }
        for (reason, rules) in untold(&site.checks) {
            out.push_str(&format!("* Could not be told, {reason}: `{}`\n", rules.join("`, `")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn hosts_of_urls() {
        assert_eq!(host("https://erp.example.com:8443/web"), Some("erp.example.com"));
        assert_eq!(host("http://[::1]:80/"), Some("::1"));
        assert_eq!(host("/etc/odoo/odoo.conf"), None);
    }
}
