//! What several rules ask.

use castellan_model::Severity;

use crate::dns::{Answer, DnsEvidence};
use crate::evidence::Exchange;
use crate::headers;
use crate::probes::FOREIGN;
use crate::rule::{FINE, Judged, Report, found};
use crate::tls::{self, Certificate, TlsEvidence};
use crate::view::{Unjudged, View};

/// What the page of the database manager says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Manager {
    /// It lists databases.
    Open { is_default: bool, databases: Vec<String> },
    /// It lists none and offers to make one.
    Unclaimed,
    /// It says that the administrator has switched it off.
    Off { is_default: bool },
}

/// The page of the database manager, under the spelling that is served, with the name of the probe.
pub(super) fn manager(view: &View<'_>) -> Option<(&'static str, Manager)> {
    let page =
        ["manager", "manager-encoded", "manager-slashes", "selector"].into_iter().find(|name| view.is_manager(name))?;
    let body = &view.exchange(page).ok()?.body;
    // Odoo writes the warning into the page when the master password is still the one that it came with.
    let is_default = body.contains("not protected");
    if body.contains("has been disabled by the administrator") {
        return Some((page, Manager::Off { is_default }));
    }
    let databases = databases(body);
    if databases.is_empty() && !body.contains("list-group-item") {
        return Some((page, Manager::Unclaimed));
    }
    Some((page, Manager::Open { is_default, databases }))
}

/// Names of databases in links of a page: `/web?db=acme`, `/odoo?db=acme`.
pub(super) fn databases(body: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for start in ["/web?db=", "/odoo?db=", "/web/login?db="] {
        for rest in body.split(start).skip(1) {
            let name: String = rest
                .chars()
                .take_while(|char| !matches!(char, '"' | '\'' | '&' | '<' | '>' | ' ' | '#'))
                .take(64)
                .collect();
            if !name.is_empty() && !names.contains(&name) {
                names.push(name);
            }
        }
    }
    names
}

/// ` and lists 3 databases`.
pub(super) fn names(databases: &[String]) -> String {
    if databases.is_empty() { String::new() } else { format!(" and lists {}", count(databases.len(), "database")) }
}

/// `1 suite`, `3 suites`.
pub(super) fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// `20 days` of seconds.
pub(super) fn count_days(seconds: i64) -> String {
    count(usize::try_from(seconds / 86_400).unwrap_or(0), "day")
}

/// The path of a request as it was sent.
pub(super) fn path(exchange: &Exchange) -> &str {
    exchange.url.splitn(4, '/').nth(3).map_or("/", |rest| &exchange.url[exchange.url.len() - rest.len() - 1..])
}

/// Reports a path that answers GET with 405 and wants POST, as Odoo's XML-RPC does.
pub(super) fn wants_post(view: &View<'_>, name: &'static str, message: &str) -> Judged {
    let exchange = view.exchange(name)?;
    view.not_gated()?;
    let allow = exchange.header("allow").unwrap_or_default();
    // A proxy that refuses methods says so for every path.
    let everywhere = view.exchange("random-web").is_ok_and(|one| one.status == 405);
    if exchange.status == 405 && allow.contains("POST") && !everywhere {
        return found(Report::at(name, message).shown_by(format!("allow: {allow}")));
    }
    unclear(exchange)
}

/// Reports a path that refuses GET because it wants JSON, as Odoo's JSON-RPC does.
pub(super) fn wants_json(view: &View<'_>, name: &'static str, message: &str) -> Judged {
    let exchange = view.exchange(name)?;
    view.not_gated()?;
    let speaks = (exchange.status == 400 && exchange.body.contains("type")) || exchange.status == 415;
    let everywhere = view.exchange("random-web").is_ok_and(|one| one.status == exchange.status);
    if speaks && !everywhere {
        return found(Report::at(name, message));
    }
    unclear(exchange)
}

/// No verdict on an answer that says that something is broken.
fn unclear(exchange: &Exchange) -> Judged {
    if exchange.status >= 500 && exchange.status != 501 {
        return Err(Unjudged::CouldNotTell(format!("the site answers {}", exchange.status)));
    }
    FINE
}

/// Whether the made-up host comes back where it does harm: in a redirect or as the host of a link.
pub(super) fn repeats(exchange: &Exchange) -> bool {
    if let Some(target) = exchange.location() {
        return headers::host_of(target).is_some_and(|host| host == FOREIGN);
    }
    ["//", "\\/\\/"].iter().any(|slashes| exchange.body.contains(&format!("{slashes}{FOREIGN}")))
}

/// What a page complains of.
pub(super) fn alert(body: &str) -> Option<&str> {
    let (_, after) = body.split_once("alert-danger")?;
    let (_, text) = after.split_once('>')?;
    text.split('<').next().map(str::trim).filter(|text| !text.is_empty())
}

/// Whether a line of a file sets a variable: `NAME=value`.
pub(super) fn assigns(line: &str) -> bool {
    line.split_once('=').is_some_and(|(name, _)| {
        let name = name.trim().trim_start_matches("export ");
        name.len() >= 2
            && name.chars().all(|char| char.is_ascii_alphanumeric() || char == '_')
            && name.starts_with(|char: char| char.is_ascii_alphabetic() || char == '_')
    })
}

/// `port 8069`, `ports 8069 and 8072`.
pub(super) fn list(ports: &[u16]) -> String {
    match ports {
        [one] => format!("port {one} is"),
        many => {
            let names: Vec<String> = many.iter().map(ToString::to_string).collect();
            format!("ports {} are", names.join(" and "))
        }
    }
}

/// Why no port was tried.
pub(super) fn not_asked_ports(view: &View<'_>) -> Unjudged {
    Unjudged::CouldNotTell(match &view.evidence.unreachable {
        Some(reason) => format!("the site cannot be reached: {reason}"),
        None => "other ports are tried with `--consent B`".to_owned(),
    })
}

/// The last second in which a series gets corrections, Unix time; the end of the month of Odoo's table of supported versions. `None` for
/// series whose end is not known.
pub(super) fn support_end(major: u8) -> Option<i64> {
    let (year, month) = match major {
        8 => (2017, 10),
        9 => (2018, 10),
        10 => (2019, 10),
        11 => (2020, 10),
        12 => (2021, 10),
        13 => (2022, 10),
        14 => (2023, 11),
        15 => (2024, 10),
        16 => (2025, 9),
        17 => (2026, 9),
        18 => (2027, 9),
        19 => (2028, 9),
        20 => (2029, 9),
        _ => return None,
    };
    Some(castellan_model::calendar::month_start(year, month + 1) - 1)
}

/// `2026-11-24` of Unix time.
pub(super) fn date(seconds: i64) -> String {
    castellan_model::calendar::date(seconds)
}

/// The page that people see, on a site with TLS.
pub(super) fn secure_page<'v>(view: &'v View<'_>) -> Result<(&'v str, &'v Exchange), Unjudged> {
    if view.evidence.site.starts_with("http://") {
        return Err(Unjudged::NotApplicable("the site has no TLS".to_owned()));
    }
    let page = view.page()?;
    view.not_gated()?;
    Ok(page)
}

/// What the handshakes told.
pub(super) fn tls<'v>(view: &'v View<'_>) -> Result<&'v TlsEvidence, Unjudged> {
    if view.evidence.site.starts_with("http://") {
        return Err(Unjudged::NotApplicable("the site has no TLS".to_owned()));
    }
    let Some(tls) = &view.evidence.tls else {
        let reason = view.evidence.unreachable.clone().unwrap_or_else(|| "TLS was left out".to_owned());
        return Err(Unjudged::CouldNotTell(reason));
    };
    match &tls.failure {
        Some(failure) => Err(Unjudged::CouldNotTell(failure.clone())),
        None => Ok(tls),
    }
}

/// Records of the site's name and mail.
pub(super) fn dns<'v>(view: &'v View<'_>) -> Result<&'v DnsEvidence, Unjudged> {
    view.evidence.dns.as_ref().ok_or_else(|| {
        if view.evidence.host.parse::<std::net::IpAddr>().is_ok() || !view.evidence.host.contains('.') {
            return Unjudged::NotApplicable("the site has no name of its own".to_owned());
        }
        Unjudged::CouldNotTell("no name server was named: `--resolver ADDRESS`".to_owned())
    })
}

/// The answer to a question.
pub(super) fn record<'v>(dns: &'v DnsEvidence, kind: &str, name: &str) -> Result<&'v Answer, Unjudged> {
    match dns.get(kind, name) {
        Some(answer) if answer.is_told() => Ok(answer),
        Some(answer) => Err(Unjudged::CouldNotTell(format!("the name server says {} of {name}", answer.code))),
        None => Err(Unjudged::CouldNotTell("it was not asked for".to_owned())),
    }
}

/// Whether the domain takes mail. One that says that it takes none (RFC 7505) needs no more.
pub(super) fn takes_mail(dns: &DnsEvidence) -> Result<bool, Unjudged> {
    let answer = record(dns, "MX", &dns.domain)?;
    Ok(!answer.records.is_empty() && !answer.records.iter().all(|one| one.trim_end().ends_with(" .")))
}

/// Fine, when no hello got lost.
pub(super) fn complete(tls: &TlsEvidence) -> Judged {
    match &tls.incomplete {
        Some(reason) => Err(Unjudged::CouldNotTell(format!("some handshakes were not answered: {reason}"))),
        None => FINE,
    }
}

/// ` with 3 suites` of a version.
pub(super) fn suites(tls: &TlsEvidence, number: u16) -> String {
    let suites = tls.versions.iter().find(|version| version.number == number).map_or(0, |version| version.suites.len());
    if suites == 0 { String::new() } else { format!(" with {}", count(suites, "suite")) }
}

/// Weak suites by what is weak about them: `RC4: TLS_RSA_WITH_RC4_128_SHA, ...`.
pub(super) fn with_weakness(tls: &TlsEvidence, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let mut classes: Vec<(&str, Vec<&str>)> = Vec::new();
    for suite in tls.versions.iter().flat_map(|version| &version.suites) {
        let Some(class) = tls::weakness(suite).filter(|class| wanted(class)) else { continue };
        match classes.iter_mut().find(|(known, _)| *known == class) {
            Some((_, suites)) => {
                if !suites.contains(&suite.as_str()) {
                    suites.push(suite);
                }
            }
            None => classes.push((class, vec![suite])),
        }
    }
    classes
        .into_iter()
        .map(|(class, suites)| {
            let first = suites.iter().take(2).copied().collect::<Vec<_>>().join(", ");
            let more = if suites.len() > 2 { format!(" and {} more", suites.len() - 2) } else { String::new() };
            format!("{}: {first}{more}", if class == "no encryption" { "no encryption at all" } else { class })
        })
        .collect()
}

/// The server's own certificate.
pub(super) fn certificate<'v>(view: &'v View<'_>) -> Result<&'v Certificate, Unjudged> {
    tls(view)?.certificate().ok_or_else(|| Unjudged::CouldNotTell("the server showed no certificate".to_owned()))
}

/// Every certificate of the server itself: two where it has an RSA and an ECDSA key.
pub(super) fn certificates<'v>(view: &'v View<'_>) -> Result<Vec<&'v Certificate>, Unjudged> {
    certificate(view)?;
    Ok(view.evidence.tls.iter().flat_map(|tls| &tls.chains).filter_map(|chain| chain.first()).collect())
}

/// What the server sent, its own certificate first.
pub(super) fn certificate_chain<'v>(view: &'v View<'_>) -> &'v [Certificate] {
    view.evidence.tls.as_ref().and_then(|tls| tls.chains.first()).map_or(&[], Vec::as_slice)
}

/// No authority of the list stands behind the certificate. That it has ended or is for another name is told by other rules.
pub(super) fn is_distrusted(view: &View<'_>) -> bool {
    view.evidence
        .tls
        .as_ref()
        .and_then(|tls| tls.distrust.as_deref())
        .is_some_and(|reason| !["expired", "valid yet", "another name"].iter().any(|part| reason.contains(part)))
}

/// An internal address cannot have a certificate of a public authority.
pub(super) fn severity_of_distrust(view: &View<'_>) -> Severity {
    if headers::is_private_host(&view.evidence.host) { Severity::Medium } else { Severity::High }
}

/// Days that a certificate may live, by the day it was issued.
pub(super) fn longest_life(not_before: i64) -> i64 {
    use castellan_model::calendar::month_start;
    match not_before {
        day if day < month_start(2018, 3) => 1187,
        day if day < month_start(2020, 9) => 825,
        day if day < month_start(2026, 3) + 14 * 86_400 => 398,
        day if day < month_start(2027, 3) + 14 * 86_400 => 200,
        day if day < month_start(2029, 3) + 14 * 86_400 => 100,
        _ => 47,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_databases_are_read_from_links() {
        assert_eq!(databases(r#"<a href="/web?db=a&x">a</a> <a href='/odoo?db=b'>"#), ["a", "b"]);
        assert!(databases("nothing").is_empty());
    }

    #[test]
    fn paths_and_lines() {
        let exchange = Exchange { url: "https://x.example//web/a?b".into(), ..Exchange::default() };
        assert_eq!(path(&exchange), "//web/a?b");
        assert!(assigns("export DB_PASSWORD=x") && !assigns("<a href=x>") && !assigns("nothing"));
    }

    #[test]
    fn lives_of_certificates() {
        let at = |year, month| castellan_model::calendar::month_start(year, month);
        assert_eq!(
            [at(2019, 1), at(2026, 1), at(2026, 4), at(2027, 4), at(2029, 4)].map(longest_life),
            [825, 398, 200, 100, 47]
        );
        assert_eq!(support_end(17).map(date).as_deref(), Some("2026-09-30"));
    }
}
