//! The grade of the MDN HTTP Observatory, algorithm version 6: its tests, modifiers and letters.
//!
//! Source: <https://developer.mozilla.org/en-US/observatory/docs/tests_and_scoring>. What needs its list of preloaded hosts is not counted.

mod policy;

use castellan_model::Grade;

use crate::evidence::Exchange;
use crate::headers::{self, Cookie};
use crate::probes::FOREIGN;
use crate::view::View;

/// A cookie of a platform that a site cannot change.
const FOREIGN_COOKIE: &str = "heroku-session-affinity";

/// What a test gave: points and the reason.
type Test = (i32, &'static str);

pub(super) fn grade(view: &View<'_>) -> Option<Grade> {
    let (_, page) = view.landing().ok()?;
    if !(200..400).contains(&page.status) && !matches!(page.status, 401 | 403) {
        return None;
    }
    let tests = tests(view, page);
    let lost: i32 = tests.iter().map(|(_, (points, _))| *points).filter(|points| *points < 0).sum();
    let won: i32 = tests.iter().map(|(_, (points, _))| *points).filter(|points| *points > 0).sum();
    let bonus = 100 + lost >= 90;
    let score = (100 + lost + if bonus { won } else { 0 }).max(0);
    let mut reasons: Vec<String> = tests
        .iter()
        .filter(|(_, (points, _))| *points < 0 || (*points > 0 && bonus))
        .map(|(name, (points, reason))| format!("{points:+} {name}: {reason}"))
        .collect();
    if won > 0 && !bonus {
        reasons.push(format!("+{won} of bonus do not count below 90"));
    }
    Some(Grade { scheme: "MDN HTTP Observatory".into(), grade: letter(score).into(), score, reasons })
}

/// Every test with what it gave.
fn tests(view: &View<'_>, page: &Exchange) -> [(&'static str, Test); 12] {
    [
        ("Content-Security-Policy", policy::test(page)),
        ("Cookies", cookies(view)),
        ("CORS", cors(view)),
        ("Redirection", redirection(view)),
        ("Referrer-Policy", referrer(page)),
        ("Strict-Transport-Security", transport(view, page)),
        ("Subresource integrity", integrity(view, page)),
        ("X-Content-Type-Options", sniffing(page)),
        ("X-Frame-Options", frames(page)),
        ("Cross-Origin-Resource-Policy", resource(page)),
        ("Cross-Origin-Embedder-Policy", embedder(page)),
        ("Cross-Origin-Opener-Policy", opener(page)),
    ]
}

const fn letter(score: i32) -> &'static str {
    match score - score % 5 {
        100.. => "A+",
        90..=99 => "A",
        85..=89 => "A-",
        80..=84 => "B+",
        70..=79 => "B",
        65..=69 => "B-",
        60..=64 => "C+",
        50..=59 => "C",
        45..=49 => "C-",
        40..=44 => "D+",
        30..=39 => "D",
        25..=29 => "D-",
        _ => "F",
    }
}

fn cookies(view: &View<'_>) -> Test {
    // A browser that comes by plain HTTP and follows keeps what every step sets.
    let steps = view.evidence.exchanges.iter().filter(|(name, one)| {
        one.error.is_none() && (name.starts_with("http-home") || *name == "home" || name.starts_with("home-"))
    });
    let landed = view.landing().ok().map(|(_, page)| page);
    let values: Vec<&str> = steps.map(|(_, one)| one).chain(landed).flat_map(|one| one.all("set-cookie")).collect();
    let list: Vec<Cookie> = values
        .iter()
        .filter_map(|value| headers::cookie(value))
        .filter(|cookie| cookie.name != FOREIGN_COOKIE)
        .collect();
    if list.is_empty() {
        return (0, "none");
    }
    let hsts = landed.is_some_and(|page| transport(view, page).0 >= 0);
    // In the order of the Observatory: of several, the later one counts.
    let tests = |cookie: &Cookie| {
        let name = cookie.name.to_lowercase();
        let session = ["login", "sess"].iter().any(|part| name.contains(part));
        let valid = matches!(cookie.same_site.as_deref(), None | Some("lax" | "strict" | "none"));
        let open = cookie.same_site.as_deref() == Some("none") && !cookie.secure;
        let missing = cookie.same_site.is_none() || !valid;
        [
            (!cookie.secure && hsts, (-5, "one without `Secure`, behind HSTS")),
            (!cookie.secure && !hsts, (-20, "one without `Secure`")),
            (!cookie.secure && hsts && session, (-10, "session without `Secure`, behind HSTS")),
            (!valid || open, (-20, "one with a wrong `SameSite`")),
            (name.contains("csrf") && missing, (-20, "a token without `SameSite`")),
            (session && !cookie.http_only, (-30, "session without `HttpOnly`")),
            (session && !cookie.secure && !hsts, (-40, "session without `Secure`")),
        ]
    };
    let worst = list
        .iter()
        .flat_map(|cookie| tests(cookie).into_iter().enumerate())
        .filter(|(_, (holds, _))| *holds)
        .max_by_key(|(rank, _)| *rank);
    match worst {
        Some((_, (_, test))) => test,
        None if list.iter().all(|cookie| cookie.same_site.is_some()) => (5, "all with `Secure` and `SameSite`"),
        None => (0, "all with `Secure`"),
    }
}

fn cors(view: &View<'_>) -> Test {
    let Ok(exchange) = view.exchange("options") else { return (0, "not tested") };
    let back = exchange.header("access-control-allow-origin").is_some_and(|origin| origin.contains(FOREIGN));
    let credentials = exchange
        .header("access-control-allow-credentials")
        .is_some_and(|value| value.trim().eq_ignore_ascii_case("true"));
    if back && credentials { (-50, "every origin, with credentials") } else { (0, "no origin that matters") }
}

fn redirection(view: &View<'_>) -> Test {
    if view.evidence.site.starts_with("http://") {
        return (-20, "the site has no HTTPS");
    }
    let Ok(first) = view.exchange("http-home") else { return (0, "nothing over plain HTTP") };
    if is_distrusted(view) {
        return (-20, "a certificate that browsers refuse");
    }
    let Some(second) = first.target() else { return (-20, "plain HTTP is served") };
    let last = (1..=5).filter_map(|hop| view.exchange(&format!("http-home-{hop}")).ok()).next_back().unwrap_or(first);
    let ends_secure = last.url.starts_with("https:") || last.target().is_some_and(|target| target.scheme() == "https");
    if !ends_secure {
        (-20, "plain HTTP leads to plain HTTP")
    } else if second.scheme() == "http" {
        (-10, "plain HTTP leads to HTTPS in the second step only")
    } else if second.host_str() != Some(view.evidence.host.as_str()) {
        (-5, "plain HTTP leads to another host first")
    } else {
        (0, "plain HTTP leads to HTTPS")
    }
}

fn referrer(page: &Exchange) -> Test {
    let meta = headers::meta_referrer(&page.body);
    let values: Vec<&str> = page.all("referrer-policy").chain(meta.iter().map(String::as_str)).collect();
    if values.is_empty() {
        return (0, "not there");
    }
    match headers::referrer_policy(&values.join(",")) {
        Some("no-referrer" | "same-origin" | "strict-origin" | "strict-origin-when-cross-origin") => (5, "careful"),
        Some(_) => (-5, "gives addresses away"),
        None => (-5, "not understood"),
    }
}

/// The certificate is one that a browser refuses.
fn is_distrusted(view: &View<'_>) -> bool {
    view.evidence.tls.as_ref().is_some_and(|tls| tls.distrust.is_some())
}

fn transport(view: &View<'_>, page: &Exchange) -> Test {
    if view.evidence.site.starts_with("http://") {
        return (-20, "the site has no HTTPS");
    }
    if is_distrusted(view) {
        return (-20, "a certificate that browsers refuse");
    }
    let Some(value) = page.header("strict-transport-security") else { return (-20, "not there") };
    let mut ages =
        value.split(';').filter_map(|part| part.trim().to_lowercase().strip_prefix("max-age=").map(str::to_owned));
    match ages.next_back() {
        None => (-20, "not understood"),
        Some(_) if value.contains(',') => (-20, "sent several times"),
        Some(age) => {
            let digits: String = age.trim().chars().take_while(char::is_ascii_digit).collect();
            // The Observatory lets a number in quotes pass.
            let short = !digits.is_empty() && digits.parse::<u64>().unwrap_or(u64::MAX) < headers::SIX_MONTHS;
            if short { (-10, "less than half a year") } else { (0, "half a year or more") }
        }
    }
}

fn integrity(view: &View<'_>, page: &Exchange) -> Test {
    if !matches!(page.media_type().as_str(), "text/html" | "application/xhtml+xml") {
        return (0, "no page");
    }
    let all = headers::scripts(&page.body);
    let scripts = all.iter().filter(|script| script.is_element);
    let own_domain = domain(&view.evidence.host);
    let mut worst: Option<(usize, Test)> = None;
    let mut foreign = false;
    for script in scripts {
        let url = script.url.as_str();
        let relative_protocol = url.starts_with("//") && !url.starts_with("///");
        let whole = url.starts_with("http://") || url.starts_with("https://");
        let hash = script.integrity.is_some();
        if relative_protocol || (whole && headers::host_of(url).map(|host| domain(&host)) != Some(own_domain.clone())) {
            foreign = true;
            let test = match (hash, url.starts_with("https:")) {
                (true, true) => continue,
                (true, false) => (2, (-20, "a script that may come over plain HTTP, with a hash")),
                (false, true) => (3, (-5, "a script of another site has none")),
                (false, false) => (4, (-50, "a script that may come over plain HTTP, without a hash")),
            };
            if worst.as_ref().is_none_or(|(rank, _)| test.0 > *rank) {
                worst = Some(test);
            }
        } else if hash && (url.starts_with("https:") || (!whole && page.url.starts_with("https:"))) && worst.is_none() {
            worst = Some((0, (5, "scripts of the site itself have it")));
        }
    }
    match worst {
        _ if !page.body.to_ascii_lowercase().contains("<script") => (0, "no scripts"),
        Some((_, test)) => test,
        None if foreign => (5, "every script of another site has it"),
        None => (0, "scripts of the site itself only"),
    }
}

/// The part of a host that was registered: `example.co.uk` of `erp.example.co.uk`.
fn domain(host: &str) -> String {
    psl::domain_str(host).unwrap_or(host).to_owned()
}

fn sniffing(page: &Exchange) -> Test {
    match page.header("x-content-type-options") {
        Some(value) if value.trim().eq_ignore_ascii_case("nosniff") => (0, "nosniff"),
        Some(_) => (-5, "not understood"),
        None => (-5, "not there"),
    }
}

fn frames(page: &Exchange) -> Test {
    if policy::limits_frames(page) {
        return (5, "by the policy");
    }
    match page.header("x-frame-options").map(|value| value.trim().to_lowercase()) {
        Some(value) if value == "deny" || value == "sameorigin" => (5, "limited"),
        Some(value) if value.starts_with("allow-from") => (0, "a form that browsers ignore"),
        Some(_) => (-20, "not understood"),
        None => (-20, "not there"),
    }
}

fn word(page: &Exchange, name: &str) -> Option<String> {
    page.header(name).map(|value| value.trim().to_lowercase())
}

fn resource(page: &Exchange) -> Test {
    match word(page, "cross-origin-resource-policy").as_deref() {
        None => (0, "not there"),
        Some("same-origin" | "same-site") => (10, "limited"),
        Some("cross-origin") => (0, "for everybody"),
        Some(_) => (-5, "not understood"),
    }
}

fn embedder(page: &Exchange) -> Test {
    match word(page, "cross-origin-embedder-policy").as_deref() {
        None => (0, "not there"),
        Some("require-corp" | "credentialless") => (10, "limited"),
        Some("unsafe-none") => (0, "for everybody"),
        Some(_) => (-5, "not understood"),
    }
}

fn opener(page: &Exchange) -> Test {
    match word(page, "cross-origin-opener-policy").as_deref() {
        None => (0, "not there"),
        Some("same-origin" | "same-origin-allow-popups" | "noopener-allow-popups") => (10, "limited"),
        Some("unsafe-none") => (0, "for everybody"),
        Some(_) => (-5, "not understood"),
    }
}

#[cfg(test)]
mod recorded {
    use serde::Deserialize;

    use super::*;
    use crate::evidence::Evidence;
    use crate::tls::TlsEvidence;

    /// An answer with what the Observatory's own program gives for it: `tests/observatory/record.mjs`.
    #[derive(Deserialize)]
    struct Case {
        headers: Vec<(String, String)>,
        body: String,
        cors: Vec<(String, String)>,
        http: Option<Vec<String>>,
        distrust: bool,
        expected: std::collections::BTreeMap<String, (i32, String)>,
    }

    const HOST: &str = "erp.example.co.uk";

    fn evidence(case: &Case) -> Evidence {
        let mut evidence = Evidence { site: format!("https://{HOST}"), host: HOST.into(), ..Evidence::default() };
        let answer = |url: &str, status, headers: &[(String, String)], body: &str| Exchange {
            method: "GET".into(),
            url: url.into(),
            status,
            headers: headers.to_vec(),
            body: body.into(),
            ..Exchange::default()
        };
        let home = format!("https://{HOST}/");
        evidence.exchanges.insert("home".into(), answer(&home, 200, &case.headers, &case.body));
        evidence.exchanges.insert("options".into(), answer(&home, 200, &case.cors, ""));
        let steps = case.http.clone().unwrap_or_default();
        for (number, url) in steps.iter().enumerate() {
            let name = if number == 0 { "http-home".to_owned() } else { format!("http-home-{number}") };
            if url.starts_with("https:") {
                continue;
            }
            let exchange = match steps.get(number + 1) {
                Some(next) => answer(url, 301, &[("location".into(), next.clone())], ""),
                None => answer(url, 200, &[], "a page"),
            };
            evidence.exchanges.insert(name, exchange);
        }
        let distrust = case.distrust.then(|| "no authority".to_owned());
        evidence.tls = Some(TlsEvidence { distrust, ..TlsEvidence::default() });
        evidence
    }

    #[test]
    fn every_test_gives_what_the_observatory_gives() {
        let cases: Vec<Case> = serde_json::from_str(include_str!("../../../tests/observatory/cases.json")).unwrap();
        assert!(cases.len() > 100);
        let mut wrong = Vec::new();
        for case in &cases {
            let evidence = evidence(case);
            let view = View::new(&evidence);
            let page = &evidence.exchanges["home"];
            for (name, (points, reason)) in tests(&view, page) {
                let theirs = match name {
                    "Content-Security-Policy" => "content-security-policy",
                    "Cookies" => "cookies",
                    "CORS" => "cross-origin-resource-sharing",
                    "Redirection" => "redirection",
                    "Referrer-Policy" => "referrer-policy",
                    "Strict-Transport-Security" => "strict-transport-security",
                    "Subresource integrity" => "subresource-integrity",
                    "X-Content-Type-Options" => "x-content-type-options",
                    "X-Frame-Options" => "x-frame-options",
                    "Cross-Origin-Resource-Policy" => "cross-origin-resource-policy",
                    _ => continue,
                };
                let (expected, result) = &case.expected[theirs];
                // Version 6 of the algorithm gives 5 for the header too.
                let expected = if result == "x-frame-options-sameorigin-or-deny" { &5 } else { expected };
                if points != *expected {
                    wrong.push(format!(
                        "{name}: {points} ({reason}), not {expected} ({result}): {:?} {}",
                        case.headers, case.body
                    ));
                }
            }
        }
        assert!(wrong.is_empty(), "{}\n{} differ", wrong.join("\n"), wrong.len());
    }

    #[test]
    fn letters() {
        let all: Vec<&str> =
            [135, 100, 99, 90, 89, 84, 79, 69, 64, 59, 49, 44, 39, 29, 24, 0].into_iter().map(letter).collect();
        assert_eq!(all, ["A+", "A+", "A", "A", "A-", "B+", "B", "B-", "C+", "C", "C-", "D+", "D", "D-", "F", "F"]);
    }
}
