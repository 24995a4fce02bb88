//! One site from end to end: collect, judge, grade, and say in a few lines what it is.

use castellan_model::{CheckOutcome, Finding, SiteSummary, calendar};
use url::Url;

use crate::collect::{NO_ODOO, Options, collect};
use crate::evidence::{Consent, Evidence, Exchange};
use crate::grade;
use crate::judge::judge;
use crate::tls::{group_name, version_name};
use crate::view::View;

/// A site that was looked at.
#[derive(Debug, Clone, Default)]
pub struct SiteScan {
    /// What was seen.
    pub evidence: Evidence,
    /// The weaknesses.
    pub findings: Vec<Finding>,
    /// What it is and how every check ended.
    pub summary: SiteSummary,
}

/// Looks at one site.
pub async fn look(site: &Url, options: &Options, disabled: &[String], only: &[String]) -> SiteScan {
    of(collect(site, options).await, disabled, only)
}

/// Judges evidence, today's or yesterday's.
#[must_use]
pub fn of(evidence: Evidence, disabled: &[String], only: &[String]) -> SiteScan {
    let judged = judge(&evidence, disabled, only);
    let view = View::new(&evidence);
    let mut summary = SiteSummary {
        site: evidence.site.clone(),
        identity: identity(&view),
        signals: view.signals().iter().map(|signal| format!("{} ({})", signal.what, signal.weight)).collect(),
        facts: facts(&view),
        consent: consent(&evidence),
        limits: limits(&view),
        checks: judged.checks,
        grades: Vec::new(),
        modules: view.modules().union(&view.modules_of_pages()).cloned().collect(),
        requests: evidence.requests,
        connections: evidence.connections,
        milliseconds: evidence.milliseconds,
    };
    summary.grades = grade::all(&view, &judged.findings, summary.coverage());
    SiteScan { findings: judged.findings, summary, evidence }
}

/// What the site is, in one line.
fn identity(view: &View<'_>) -> String {
    if let Some(reason) = &view.evidence.unreachable {
        return format!("not reached: {reason}");
    }
    if !view.is_odoo() {
        return match view.gate() {
            Some(gate) => gate.to_owned(),
            None if view.catches_all() => "every path gives the same page".to_owned(),
            None => "no Odoo".to_owned(),
        };
    }
    let mut text = match view.series() {
        Some(found) if found.is_exact => format!("Odoo {} (told by {})", found.series, found.from),
        Some(found) => format!("Odoo, about {} (by {})", found.series, found.from),
        None => "Odoo of an unknown series".to_owned(),
    };
    if let Some(edition) = view.edition() {
        text.push_str(&format!(", {edition}"));
    }
    if let Some(hosting) = hosting(view) {
        text.push_str(&format!(", {hosting}"));
    }
    text
}

/// Whose machine it is, where the name or a header tells.
fn hosting(view: &View<'_>) -> Option<&'static str> {
    let host = view.evidence.host.as_str();
    if host.ends_with(".dev.odoo.com") {
        return Some("on Odoo.sh");
    }
    if host.ends_with(".odoo.com") {
        return Some("on Odoo Online");
    }
    let (_, page) = view.landing().ok()?;
    let server = page.header("server").unwrap_or_default().to_lowercase();
    if page.header("cf-ray").is_some() || server.contains("cloudflare") {
        Some("behind Cloudflare")
    } else if page.header("x-amz-cf-id").is_some() {
        Some("behind CloudFront")
    } else if page.header("x-served-by").is_some_and(|value| value.starts_with("cache-")) {
        Some("behind Fastly")
    } else {
        None
    }
}

fn facts(view: &View<'_>) -> Vec<String> {
    let mut out = Vec::new();
    if let Some(tls) = view.evidence.tls.as_ref().filter(|tls| tls.failure.is_none()) {
        let versions: Vec<String> = tls
            .versions
            .iter()
            .map(|version| match version.suites.len() {
                0 => version_name(version.number).to_owned(),
                1 => format!("{} with 1 suite", version_name(version.number)),
                many => format!("{} with {many} suites", version_name(version.number)),
            })
            .collect();
        out.push(versions.join(", "));
        if tls.tickets {
            out.push("session tickets before TLS 1.3".to_owned());
        }
        if !tls.groups.is_empty() {
            let groups: Vec<String> = tls.groups.iter().map(|group| group_name(*group)).collect();
            out.push(format!("groups {}", groups.join(", ")));
        }
        if let Some(own) = tls.certificate() {
            let issuer = own.issuer.split(", ").find_map(|part| part.strip_prefix("CN=")).unwrap_or(&own.issuer);
            let key = format!("{} {}", own.key_kind, own.key_bits);
            let logged = if own.timestamps { ", in public logs" } else { "" };
            let status = if tls.staple { ", with its status" } else { "" };
            out.push(format!("certificate {key} of {issuer}, until {}{logged}{status}", calendar::date(own.not_after)));
        }
    }
    let mut protocols: Vec<&str> = Vec::new();
    if view.evidence.tls.as_ref().is_some_and(|tls| tls.protocols.iter().any(|protocol| protocol == "h2")) {
        protocols.push("HTTP/2");
    }
    if let Ok((_, page)) = view.page() {
        if page.header("alt-svc").is_some_and(|value| value.contains("h3")) {
            protocols.push("HTTP/3");
        }
        if let Some(server) = page.header("server") {
            out.push(format!("server {}", server.chars().take(60).collect::<String>()));
        }
    }
    if !protocols.is_empty() {
        out.push(format!("offers {}", protocols.join(" and ")));
    }
    if let Ok(icon) = view.exchange("icon")
        && icon.status == 200
        && let Some(date) = icon.header("last-modified")
    {
        out.push(format!("Odoo's files are dated {date}; its code is not newer"));
    }
    out
}

/// What the scan was allowed, with the confirmation of active tests.
fn consent(evidence: &Evidence) -> String {
    let tries = evidence.exchanges.keys().filter(|name| name.starts_with("throttled-login-")).count();
    let base = match evidence.consent {
        Consent::A => "A: plain requests that a browser could send",
        Consent::B | Consent::C => "B: harmless requests that may be logged as odd, and connections to other ports",
    };
    if tries == 0 {
        return base.to_owned();
    }
    format!(
        "{base}; C: login-throttling was asked for by name, and {tries} log-ins with a name that nobody has were sent"
    )
}

/// What kept the scan from being whole.
fn limits(view: &View<'_>) -> Vec<String> {
    let evidence = view.evidence;
    if let Some(reason) = &evidence.unreachable {
        return vec![format!("not reached: {reason}")];
    }
    let mut out = Vec::new();
    if let Some(gate) = view.gate() {
        out.push(gate.to_owned());
    } else if view.catches_all() {
        out.push("every path gives the same page, so that a page says little".to_owned());
    }
    if view.answers_otherwise("control") {
        out.push("the site let nobody in any more at the end: refusals in between do not count".to_owned());
    }
    let limited = evidence.exchanges.values().filter(|one| one.is_limited).count();
    if limited > 0 {
        out.push(format!("a limit on requests held {limited} of them back, after waiting"));
    }
    // A closed port of plain HTTP is no gap: it is as good as a redirect.
    let lost: Vec<&Exchange> = evidence
        .exchanges
        .iter()
        .filter(|(name, one)| one.error.is_some() && !(one.url.starts_with("http://") && view.is_closed(name)))
        .map(|(_, one)| one)
        .collect();
    if let Some(first) = lost.first() {
        let reason = first.error.as_deref().unwrap_or_default();
        out.push(format!("{} of the requests were not answered ({reason})", lost.len()));
    }
    let left: Vec<&String> = evidence.left_out.values().filter(|reason| *reason != NO_ODOO).collect();
    if let Some(first) = left.first() {
        out.push(format!("{} of the requests were not sent: {first}", left.len()));
    }
    match &evidence.tls {
        Some(tls) => {
            if let Some(failure) = &tls.failure {
                out.push(format!("TLS: {failure}"));
            }
            if let Some(reason) = &tls.incomplete {
                out.push(format!("TLS: some handshakes were not answered: {reason}"));
            }
        }
        None if evidence.site.starts_with("https:") => out.push("TLS was left out".to_owned()),
        None => {}
    }
    out
}

/// One line of a site in a list: grade, counts, what it is, coverage, time.
#[must_use]
pub fn line(scan: &SiteScan) -> String {
    let summary = &scan.summary;
    let grade = summary.grades.first().map_or("-", |grade| grade.grade.as_str());
    let told = summary.count(CheckOutcome::Vulnerable) + summary.count(CheckOutcome::NotVulnerable);
    let untold = summary.count(CheckOutcome::CouldNotTell);
    let mut counts: Vec<String> = castellan_model::Severity::ALL
        .into_iter()
        .map(|severity| {
            (
                severity,
                scan.findings
                    .iter()
                    .filter(|one| one.severity == severity && one.persona == castellan_model::Persona::Regular)
                    .count(),
            )
        })
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| format!("{count} {severity}"))
        .collect();
    if counts.is_empty() {
        counts.push(if summary.limits.is_empty() { "no findings".into() } else { "not whole".into() });
    }
    let seconds = summary.milliseconds as f64 / 1000.0;
    format!(
        "{:<40} {grade:<10} {}; {}; {told} of {} checks, {seconds:.1} s",
        summary.site,
        counts.join(", "),
        summary.identity,
        told + untold
    )
}
