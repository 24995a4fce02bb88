//! Sites that hide, limit, break off and attack: no false alarm, no missed one, no crash, no endless wait.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests too")]

use std::io::{Read, Write};
use std::net::IpAddr;
use std::time::{Duration, Instant};

use castellan_model::{CheckOutcome, Persona, Severity};
use castellan_probe::collect::{self, Options};
use castellan_probe::evidence::Consent;
use castellan_probe::site::{self, SiteScan};
use castellan_testkit::site::{always, breaking, late, limited, recorded, soft_404};
use castellan_testkit::{Authority, Reply, Server};

const OPEN: &str = include_str!("recorded/odoo-19-bad.json");
const HARDENED: &str = include_str!("recorded/odoo-19-good.json");
/// The day of the tests: certificates of the test authority are valid from 1975 to 4096.
const TIME: i64 = 1_795_478_400;

fn options() -> Options {
    Options {
        requests_per_second: 2000.0,
        handshakes_per_second: 0.0,
        patience: Duration::from_secs(3),
        plain_port: 1,
        address: Some(IpAddr::from([127, 0, 0, 1])),
        time: TIME,
        ..Options::default()
    }
}

fn scan(url: &str, options: &Options) -> SiteScan {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(site::look(&collect::site(url).unwrap(), options, &[], &[]))
}

/// Over HTTPS with a certificate that is trusted, so that what is found is of the site.
fn secure(handler: Box<dyn Fn(&castellan_testkit::Request) -> Reply + Send + Sync>) -> (SiteScan, Server) {
    secure_with(handler, &options())
}

fn secure_with(
    handler: Box<dyn Fn(&castellan_testkit::Request) -> Reply + Send + Sync>,
    options: &Options,
) -> (SiteScan, Server) {
    let authority = Authority::new();
    let server = Server::tls(&authority.issue(&["erp.example.com"], |_| ()), handler);
    let options = Options { authorities: vec![authority.der], ..options.clone() };
    (scan(&format!("https://erp.example.com:{}", server.address.port()), &options), server)
}

fn worse_than_medium(scan: &SiteScan) -> Vec<String> {
    let bad = scan.findings.iter().filter(|one| one.severity >= Severity::High);
    bad.map(|one| format!("{} {}: {}", one.severity, one.rule, one.message)).collect()
}

fn has(scan: &SiteScan, rule: &str) -> bool {
    scan.findings.iter().any(|finding| finding.rule == rule)
}

fn outcome(scan: &SiteScan, rule: &str) -> CheckOutcome {
    scan.summary.checks.iter().find(|check| check.rule == rule).unwrap().outcome
}

/// What no gate, limit or catch-all may turn into "not vulnerable".
const OF_ODOO: [&str; 6] = [
    "site-database-manager-default",
    "site-database-manager-open",
    "site-xmlrpc-open",
    "site-jsonrpc-open",
    "site-database-service-open",
    "site-modules-disclosed",
];

fn never_green(scan: &SiteScan) {
    assert!(!scan.summary.limits.is_empty(), "the scan says that it is not whole");
    for rule in OF_ODOO {
        assert_ne!(outcome(scan, rule), CheckOutcome::NotVulnerable, "{rule}");
    }
    assert!(
        scan.summary
            .grades
            .iter()
            .all(|grade| grade.scheme != "Castellan, for Odoo" || grade.grade.starts_with("at best"))
    );
}

#[test]
fn an_open_odoo_is_seen() {
    let (scan, server) = secure(recorded(OPEN));
    assert!(has(&scan, "site-database-manager-default"), "{:?}", scan.findings);
    assert!(scan.summary.identity.starts_with("Odoo 19.0"));
    assert!(scan.summary.limits.is_empty(), "{:?}", scan.summary.limits);
    assert_eq!(scan.evidence.tls.as_ref().unwrap().distrust, None);
    assert!(server.requests() <= 40, "{}", server.requests());
    assert!(server.connections() <= 60, "{}", server.connections());
}

#[test]
fn a_hardened_odoo_has_nothing_high() {
    let (scan, _server) = secure(recorded(HARDENED));
    assert_eq!(worse_than_medium(&scan), Vec::<String>::new());
    assert!(scan.summary.limits.is_empty(), "{:?}", scan.summary.limits);
}

#[test]
fn the_most_careful_site_fits_into_the_budget() {
    // Everything that asks a further question is refused, and `/` leads elsewhere first.
    let inner = recorded(HARDENED);
    let site = Box::new(move |request: &castellan_testkit::Request| {
        let path = request.target.to_lowercase().replace("%64", "d").replace("//", "/");
        match path.as_str() {
            "/" => Reply::page(303, "").with("Location", "/odoo"),
            "/odoo" => Reply::page(303, "").with("Location", "/web/login?redirect=%2Fodoo"),
            _ if ["/web/database", "/xmlrpc", "/jsonrpc", "/web/version", "/web/webclient"]
                .iter()
                .any(|start| path.starts_with(start)) =>
            {
                Reply::page(403, "<html><title>403 Forbidden</title></html>")
            }
            _ => inner(request),
        }
    });
    let (scan, server) = secure(site);
    assert!(server.requests() <= 40, "{}", server.requests());
    assert_eq!(scan.summary.limits, Vec::<String>::new(), "{} requests", scan.summary.requests);
    assert_eq!(worse_than_medium(&scan), Vec::<String>::new());
    assert_eq!(outcome(&scan, "site-database-manager-open"), CheckOutcome::NotVulnerable);
    assert_eq!(outcome(&scan, "site-xmlrpc-open"), CheckOutcome::NotVulnerable);
}

#[test]
fn a_limit_of_ten_a_second_hides_nothing_critical() {
    let paced = Options { requests_per_second: 15.0, ..options() };
    let (scan, _server) = secure_with(limited(10.0, 20.0, recorded(OPEN)), &paced);
    assert!(has(&scan, "site-database-manager-default"));
    assert!(has(&scan, "site-xmlrpc-open"));
}

#[test]
fn a_limit_that_never_ends_is_not_green() {
    let (scan, server) = secure(limited(0.01, 5.0, recorded(OPEN)));
    never_green(&scan);
    assert!(server.requests() <= 40, "{}", server.requests());
}

#[test]
fn a_limit_of_nginx_with_503_hides_nothing_critical() {
    let paced = Options { requests_per_second: 15.0, ..options() };
    let inner = limited(10.0, 20.0, recorded(OPEN));
    let site = Box::new(move |request: &castellan_testkit::Request| match inner(request) {
        Reply::Answer { status: 429, .. } => {
            Reply::page(503, "<html><title>503 Service Temporarily Unavailable</title></html>")
        }
        reply => reply,
    });
    let (scan, _server) = secure_with(site, &paced);
    assert!(has(&scan, "site-database-manager-default"));
    assert!(has(&scan, "site-xmlrpc-open"));
}

#[test]
fn a_ban_in_the_middle_is_not_taken_for_refusals() {
    let inner = recorded(HARDENED);
    let site = Box::new(move |request: &castellan_testkit::Request| {
        if request.number < 5 { inner(request) } else { Reply::page(403, "<html><title>Forbidden</title></html>") }
    });
    let (scan, _server) = secure(site);
    assert_eq!(worse_than_medium(&scan), Vec::<String>::new());
    never_green(&scan);
    assert!(
        scan.summary.limits.iter().any(|limit| limit.contains("let nobody in any more")),
        "{:?}",
        scan.summary.limits
    );
    // A filter that dislikes foreign origins only is no ban.
    let inner = recorded(OPEN);
    let site = Box::new(
        move |request: &castellan_testkit::Request| {
            if request.header("origin").is_some() { Reply::page(403, "no") } else { inner(request) }
        },
    );
    let (scan, _server) = secure(site);
    assert!(has(&scan, "site-database-manager-default") && has(&scan, "site-xmlrpc-open"));
    assert!(scan.summary.limits.is_empty(), "{:?}", scan.summary.limits);
}

#[test]
fn the_same_page_for_everything_is_no_finding() {
    let page = r#"<html><head><title>Log in | Acme</title><link href="/web/assets/TOKEN/web.css"></head><body>
<script>odoo.__session_info__ = {"uid": null};</script><form class="oe_login_form" action="/web/login"><input name="csrf_token" value="TOKEN"/>
<input name="master_pwd"/> PATH database manager /web/database/ backup restore env git</form></body></html>"#;
    let (scan, _server) = secure(soft_404(page));
    assert_eq!(worse_than_medium(&scan), Vec::<String>::new());
    assert!(!scan.summary.limits.is_empty(), "a page for everything is said");
    let application =
        "<html><head><title>App</title></head><body><div id=root></div><script src=/main.js></script></body></html>";
    let (scan, _server) = secure(soft_404(application));
    assert_eq!(worse_than_medium(&scan), Vec::<String>::new());
    never_green(&scan);
}

#[test]
fn gates_are_seen_and_nothing_is_said_of_what_is_behind() {
    for (status, header) in [
        (401, ("WWW-Authenticate", "Basic realm=\"x\"")),
        (403, ("Server", "a-filter")),
        (503, ("Cache-Control", "no-store")),
        (302, ("Location", "https://sso.example.net/login")),
    ] {
        let (scan, _server) = secure(always(status, header, "<html><title>Stop</title>please wait</html>"));
        assert_eq!(worse_than_medium(&scan), Vec::<String>::new(), "{status}");
        never_green(&scan);
    }
}

#[test]
fn maintenance_with_a_time_is_told() {
    let (scan, server) = secure(always(503, ("Retry-After", "3600"), "maintenance"));
    never_green(&scan);
    assert!(server.requests() < 40);
}

#[test]
fn another_site_is_no_odoo() {
    let site = Box::new(|request: &castellan_testkit::Request| match request.target.as_str() {
        "/" => Reply::page(200, "<html><head><title>Acme Garden</title></head><body>Odoo is a nice word</body></html>"),
        _ => Reply::page(404, "<html><head><title>Not found</title></head></html>"),
    });
    let (scan, server) = secure(site);
    assert_eq!(scan.summary.identity, "no Odoo");
    assert_eq!(worse_than_medium(&scan), Vec::<String>::new());
    assert_eq!(outcome(&scan, "site-database-manager-open"), CheckOutcome::NotApplicable);
    for rule in ["cors-reflected", "site-websocket-origin", "attachment-headers-lost"] {
        assert_eq!(outcome(&scan, rule), CheckOutcome::NotApplicable, "{rule}");
    }
    assert!(scan.summary.limits.is_empty(), "{:?}", scan.summary.limits);
    assert!(server.requests() < 25, "a site that is no Odoo is not asked for Odoo's paths: {}", server.requests());
}

#[test]
fn a_broken_tls_is_not_reached_and_not_green() {
    let server = Server::raw(|mut stream, _| {
        let _ = stream.read(&mut [0; 512]);
        let _ = stream.write_all(b"HTTP/1.0 400 Bad Request\r\n\r\nthis is plain HTTP");
    });
    let scan = scan(&format!("https://127.0.0.1:{}", server.address.port()), &options());
    assert!(scan.summary.identity.starts_with("not reached"), "{}", scan.summary.identity);
    assert_eq!(scan.findings.len(), 0);
    never_green(&scan);
    assert_eq!(scan.summary.count(CheckOutcome::NotVulnerable), 0);
}

#[test]
fn nobody_listens() {
    let scan = scan("https://127.0.0.1:1", &options());
    assert!(scan.summary.identity.contains("refused"), "{}", scan.summary.identity);
    assert_eq!(scan.summary.count(CheckOutcome::NotVulnerable), 0);
    assert!(scan.summary.grades.is_empty());
}

#[test]
fn a_slow_site_is_given_up_in_time() {
    let slow = Options { patience: Duration::from_millis(300), ..options() };
    let started = Instant::now();
    let (scan, _server) = secure_with(late(Duration::from_secs(30), recorded(OPEN)), &slow);
    assert!(started.elapsed() < Duration::from_secs(15), "{:?}", started.elapsed());
    never_green(&scan);
    // Slow and patient: everything is found.
    let (scan, _server) = secure(late(Duration::from_millis(60), recorded(OPEN)));
    assert!(has(&scan, "site-database-manager-default"));
}

#[test]
fn connections_that_break_off_are_tried_again() {
    let (scan, _server) = secure_with(breaking(5, recorded(OPEN)), &Options { budget: 80, ..options() });
    assert!(has(&scan, "site-database-manager-default"), "{:?}", scan.summary.limits);
}

#[test]
fn redirects_in_a_circle_end() {
    let site = Box::new(|request: &castellan_testkit::Request| {
        let to = if request.target == "/a" { "/b" } else { "/a" };
        Reply::page(302, "").with("Location", to)
    });
    let (scan, server) = secure(site);
    assert_eq!(worse_than_medium(&scan), Vec::<String>::new());
    assert!(server.requests() <= 40, "{}", server.requests());
}

#[test]
fn bombs_and_floods_stay_small() {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..20 {
        packed.write_all(&[b'a'; 1_000_000]).unwrap();
    }
    let packed = packed.finish().unwrap();
    let bomb = Box::new(move |_: &castellan_testkit::Request| {
        let headers = vec![("Content-Type".into(), "text/html".into()), ("Content-Encoding".into(), "gzip".into())];
        Reply::Answer { status: 200, headers, body: packed.clone() }
    });
    let endless = Box::new(|_: &castellan_testkit::Request| Reply::Endless {
        start: b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n".to_vec(),
        piece: vec![b'x'; 65_536],
        pause: Duration::ZERO,
    });
    let drops = Box::new(|_: &castellan_testkit::Request| Reply::Endless {
        start: b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>".to_vec(),
        piece: b"x".to_vec(),
        pause: Duration::from_millis(50),
    });
    let quick = Options { patience: Duration::from_millis(400), ..options() };
    for (name, site) in [
        ("bomb", bomb as Box<dyn Fn(&castellan_testkit::Request) -> Reply + Send + Sync>),
        ("endless", endless),
        ("drops", drops),
    ] {
        let started = Instant::now();
        let (scan, _server) = secure_with(site, &quick);
        assert_eq!(worse_than_medium(&scan), Vec::<String>::new(), "{name}");
        let kept: usize = scan.evidence.exchanges.values().map(|one| one.body.len()).sum();
        assert!(kept < 40 * 1024 * 1024, "{name}: {kept} bytes");
        assert!(scan.evidence.exchanges.values().all(|one| one.body.len() <= 1024 * 1024), "{name}");
        assert!(started.elapsed() < Duration::from_secs(25), "{name}: {:?}", started.elapsed());
    }
}

#[test]
fn a_hundred_thousand_headers_are_refused() {
    let mut head = b"HTTP/1.1 200 OK\r\n".to_vec();
    for number in 0..100_000 {
        head.extend_from_slice(format!("x-{number}: y\r\n").as_bytes());
    }
    head.extend_from_slice(b"\r\n");
    let (scan, _server) = secure(Box::new(move |_| Reply::Bytes(head.clone())));
    assert!(scan.summary.identity.starts_with("not reached"), "{}", scan.summary.identity);
    never_green(&scan);
    for nonsense in [
        &b"\0\x01\x02garbage\r\n\r\n"[..],
        b"HTTP/1.1 9999999 X\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
    ] {
        let (scan, _server) = secure(Box::new(move |_| Reply::Bytes(nonsense.to_vec())));
        never_green(&scan);
    }
}

#[test]
fn a_hostile_certificate_is_read() {
    let authority = Authority::new();
    let many: Vec<String> = (0..1500).map(|number| format!("host-{number}.example.com")).collect();
    let names: Vec<&str> = many.iter().map(String::as_str).collect();
    let server = Server::tls(&authority.issue(&names, |_| ()), recorded(HARDENED));
    let scan = scan(&format!("https://erp.example.com:{}", server.address.port()), &options());
    assert!(has(&scan, "certificate-name") && has(&scan, "certificate-untrusted"));
    let name = scan.findings.iter().find(|finding| finding.rule == "certificate-name").unwrap();
    assert!(name.message.len() < 300, "{}", name.message);
}

#[test]
fn log_ins_are_tried_only_when_asked_for_by_name() {
    let plain = Server::plain(recorded(OPEN));
    let url = format!("http://127.0.0.1:{}", plain.address.port());
    let before = scan(&url, &Options { consent: Consent::B, budget: 100, ..options() });
    assert!(before.evidence.exchanges.values().all(|one| one.method != "POST" || !one.url.contains("login")));
    let asked = Options { login_throttling: true, ..options() };
    let server = Server::plain(|request| {
        if request.method == "POST" && request.target == "/web/login" && request.number % 7 == 0 {
            return Reply::page(429, "stop");
        }
        recorded(OPEN)(request)
    });
    let after = scan(&format!("http://127.0.0.1:{}", server.address.port()), &asked);
    assert!(after.summary.consent.contains("login-throttling was asked for by name"), "{}", after.summary.consent);
    assert_eq!(outcome(&after, "site-login-unlimited"), CheckOutcome::NotVulnerable);
}

#[test]
fn the_findings_show_no_token() {
    let (scan, _server) = secure(recorded(OPEN));
    let shown = format!("{:?}", scan.findings);
    let session =
        scan.evidence.exchanges["login"].all("set-cookie").find(|value| value.starts_with("session_id=")).unwrap();
    let value = session.split(['=', ';']).nth(1).unwrap();
    assert!(value.len() >= 40 && !shown.contains(value));
    assert!(scan.findings.iter().any(|finding| finding.persona == Persona::Regular));
}
