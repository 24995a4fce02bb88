//! Runs the probes against one site.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};
use url::Url;

use crate::dial::{Dialer, Pace, Trouble};
use crate::evidence::{Consent, Evidence, Exchange, Port};
use crate::http::{Client, Request};
use crate::probes::{BASELINE, LOGINS, PORTS, PROBES, Probe, Scheme, When};
use crate::view::View;

/// How a site is looked at.
#[derive(Debug, Clone)]
pub struct Options {
    /// The most that is allowed.
    pub consent: Consent,
    /// Test for a limit on log-ins, by its name.
    pub login_throttling: bool,
    /// Requests at most.
    pub budget: u32,
    /// Requests a second on average.
    pub requests_per_second: f64,
    /// TLS connections a second on average.
    pub handshakes_per_second: f64,
    /// Leave TLS out.
    pub no_tls: bool,
    /// The port of plain HTTP.
    pub plain_port: u16,
    /// The address instead of what the name server says.
    pub address: Option<std::net::IpAddr>,
    /// Authorities of the user, DER: trusted beside Mozilla's list.
    pub authorities: Vec<Vec<u8>>,
    /// Name server for records of mail and certificates.
    pub resolver: Option<SocketAddr>,
    /// Longest wait for one answer.
    pub patience: Duration,
    /// Now, Unix time.
    pub time: i64,
    /// Who asks, for the site's log.
    pub agent: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            consent: Consent::A,
            login_throttling: false,
            budget: 40,
            requests_per_second: 15.0,
            handshakes_per_second: 25.0,
            no_tls: false,
            plain_port: 80,
            address: None,
            authorities: Vec::new(),
            resolver: None,
            patience: Duration::from_secs(10),
            time: 0,
            agent: concat!("castellan/", env!("CARGO_PKG_VERSION"), " (security audit)").to_owned(),
        }
    }
}

/// Longest pause that a site may ask for; one that wants more is told of instead.
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// How often a limited request is sent again.
const TRIES: u32 = 3;
/// Why a probe for an Odoo is not sent to another site.
pub const NO_ODOO: &str = "the site is no Odoo";
/// Requests that are kept for the end.
const RESERVED: u32 = 2;
/// Requests in a row that a limit may hold back before the rest is left out.
const PATIENT: u32 = 3;
/// Requests that are on their way at once.
const AT_ONCE: usize = 4;
/// Requests before the pace begins: as many as a browser sends for the log-in page with its files.
const REQUESTS_AT_ONCE: u32 = 40;
/// Handshakes before the pace begins: as many as a modern server is asked for.
const HANDSHAKES_AT_ONCE: u32 = 60;
/// Redirects that are followed by hand.
const HOPS: u32 = 5;

/// A site by its URL; the scheme may be left out.
///
/// # Errors
///
/// What is wrong with it.
pub fn site(text: &str) -> Result<Url, String> {
    let whole = if text.contains("://") { text.to_owned() } else { format!("https://{text}") };
    let url = Url::parse(&whole).map_err(|error| format!("`{text}` is no URL: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(format!("`{text}`: only http and https can be looked at"));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(format!("`{text}` names no host"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("the URL holds a user or password; an outside scan has neither".to_owned());
    }
    let mut url = url;
    url.set_path("/");
    url.set_query(None);
    url.set_fragment(None);
    Ok(url)
}

/// What would be sent, a line each.
#[must_use]
pub fn dry_run(site: &Url, options: &Options) -> Vec<String> {
    let mut lines = Vec::new();
    if site.scheme() == "https" && !options.no_tls {
        lines.push(format!("about 30 to 60 TLS handshakes with {}, nothing sent after them", authority(site)));
    }
    for probe in BASELINE.iter().chain(PROBES).filter(|probe| probe.consent <= options.consent) {
        let condition = match probe.when {
            When::Always => String::new(),
            other => format!("  {}", other.text()),
        };
        let body = if probe.body.is_empty() { String::new() } else { format!(" {}", probe.body) };
        let headers: String = probe.headers.iter().map(|(name, value)| format!(" [{name}: {value}]")).collect();
        lines.push(format!(
            "{} {}{}{headers}{body}{condition}",
            probe.method,
            base(site, probe, options),
            probe.target
        ));
    }
    lines.push(format!("GET where `/` leads to on the same host, over both schemes, at most {HOPS} steps each"));
    if let Some(server) = options.resolver {
        lines.push(format!("20 to {} questions to the name server {server}", crate::dns::QUESTIONS));
    }
    if options.consent >= Consent::B {
        lines.extend(PORTS.iter().map(|port| format!("a TCP connection to port {port}, nothing sent")));
    }
    if options.login_throttling {
        lines.push(format!("{LOGINS} POST {}/web/login with a name that nobody has", authority(site)));
    }
    lines
}

fn authority(site: &Url) -> String {
    site.as_str().trim_end_matches('/').to_owned()
}

/// Scheme, host and port of a probe.
fn base(site: &Url, probe: &Probe, options: &Options) -> String {
    if probe.scheme == Scheme::Site || site.scheme() == "http" {
        return authority(site);
    }
    let host = site.host_str().unwrap_or_default();
    if options.plain_port == 80 { format!("http://{host}") } else { format!("http://{host}:{}", options.plain_port) }
}

/// One scan in progress.
struct Scan {
    site: Url,
    options: Options,
    client: Client,
    pace: Pace,
    sent: AtomicU32,
    /// Requests in a row that a limit held back for good.
    held: AtomicU32,
    /// The site has answered something without complaint, so that 503 is a limit and no maintenance.
    works: AtomicBool,
    /// Requests that may be sent by now.
    allowance: AtomicU32,
    random: String,
}

impl Scan {
    /// Sends a probe, waits where the site asks for it, and sends again.
    async fn send(&self, probe: &Probe) -> Result<Exchange, String> {
        self.send_to(probe, &probe.target.replace("{random}", &self.random)).await
    }

    /// Sends a probe whose path stands on a page.
    async fn send_to(&self, probe: &Probe, target: &str) -> Result<Exchange, String> {
        let url = Url::parse(&format!("{}{target}", base(&self.site, probe, &self.options)))
            .or_else(|_| Url::parse(&authority(&self.site)))
            .map_err(|error| error.to_string())?;
        let request = Request {
            method: probe.method,
            raw_target: Some(target.to_owned()),
            headers: probe.headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
            body: probe.body.into(),
            limit: probe.kib * 1024,
            url,
        };
        self.request(&request).await
    }

    async fn request(&self, request: &Request) -> Result<Exchange, String> {
        let mut attempt = 0;
        loop {
            if self.held.load(Ordering::Relaxed) >= PATIENT {
                return Err("a limit on requests does not end".to_owned());
            }
            if self.sent.fetch_add(1, Ordering::Relaxed) >= self.allowance.load(Ordering::Relaxed) {
                self.sent.fetch_sub(1, Ordering::Relaxed);
                return Err(format!("the budget of {} requests is used up", self.options.budget));
            }
            self.pace.turn().await;
            let mut exchange = self.client.send(request).await;
            // nginx answers 503 when its limit is reached, without a word of when to come again.
            let busy = exchange.status == 503
                && (exchange.header("retry-after").is_some() || self.works.load(Ordering::Relaxed));
            let limited = exchange.status == 429 || busy;
            if exchange.error.is_none() && exchange.status < 500 && !limited {
                self.works.store(true, Ordering::Relaxed);
            }
            let broken = exchange.error.as_deref() == Some(Trouble::Reset.text());
            attempt += 1;
            if !limited && !broken {
                self.held.store(0, Ordering::Relaxed);
                return Ok(exchange);
            }
            let wanted =
                exchange.header("retry-after").and_then(|value| value.trim().parse().ok()).map(Duration::from_secs);
            let pause = wanted.unwrap_or(Duration::from_millis(500 << attempt));
            if attempt >= TRIES || pause > LONGEST_PAUSE {
                exchange.is_limited = limited;
                if limited {
                    self.held.fetch_add(1, Ordering::Relaxed);
                }
                return Ok(exchange);
            }
            self.pace.slow_down(pause).await;
        }
    }
}

/// Looks at a site.
pub async fn collect(site: &Url, options: &Options) -> Evidence {
    let started = Instant::now();
    let host = site.host_str().unwrap_or_default().trim_matches(['[', ']']).to_lowercase();
    let mut evidence = Evidence {
        site: authority(site),
        host: host.clone(),
        time: options.time,
        consent: options.consent,
        ..Evidence::default()
    };
    let address = match resolve(&host, site.port_or_known_default().unwrap_or(443), options).await {
        Ok(address) => address,
        Err(reason) => {
            evidence.unreachable = Some(reason);
            return evidence;
        }
    };
    let http = Dialer::new(address, Pace::new(0.0, 1));
    let tls = Dialer::new(address, Pace::new(options.handshakes_per_second, HANDSHAKES_AT_ONCE));
    let scan = Arc::new(Scan {
        site: site.clone(),
        options: options.clone(),
        client: Client::new(http.clone(), &options.agent, options.patience),
        pace: Pace::new(options.requests_per_second, REQUESTS_AT_ONCE),
        sent: AtomicU32::new(0),
        held: AtomicU32::new(0),
        works: AtomicBool::new(false),
        allowance: AtomicU32::new(options.budget.saturating_sub(RESERVED).max(1)),
        random: random(),
    });
    let handshakes = async {
        if site.scheme() == "https" && !options.no_tls {
            Some(crate::tls::scan::scan(&tls, &host, &options.authorities).await)
        } else {
            None
        }
    };
    let records = async {
        match options.resolver {
            Some(server) => crate::dns::collect(server, &host).await,
            None => None,
        }
    };
    let ((), tls_evidence, dns) = tokio::join!(requests(&scan, &mut evidence), handshakes, records);
    evidence.tls = tls_evidence;
    evidence.dns = dns;
    if options.consent >= Consent::B && evidence.unreachable.is_none() {
        for port in PORTS {
            if site.port_or_known_default() != Some(port) {
                evidence.ports.insert(port, knock(&http, port).await);
            }
        }
    }
    if options.login_throttling && evidence.unreachable.is_none() {
        log_in_often(&scan, &mut evidence).await;
    }
    evidence.requests = scan.sent.load(Ordering::Relaxed);
    evidence.connections = http.count() + tls.count();
    evidence.milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    evidence
}

async fn resolve(host: &str, port: u16, options: &Options) -> Result<SocketAddr, String> {
    if let Some(address) = options.address.or_else(|| host.parse().ok()) {
        return Ok(SocketAddr::new(address, port));
    }
    let found = timeout(Duration::from_secs(5), tokio::net::lookup_host((host, port))).await;
    let addresses: Vec<SocketAddr> = match found {
        Ok(Ok(addresses)) => addresses.take(8).collect(),
        Ok(Err(_)) => return Err(format!("the name `{host}` is not known")),
        Err(_) => return Err("the name server does not answer".to_owned()),
    };
    let first = *addresses.first().ok_or_else(|| format!("`{host}` has no address"))?;
    // A name may have addresses of a kind that this machine cannot reach.
    if addresses.iter().any(|address| address.is_ipv4() != first.is_ipv4()) {
        for address in &addresses {
            if let Ok(Ok(_)) = timeout(Duration::from_secs(3), tokio::net::TcpStream::connect(address)).await {
                return Ok(*address);
            }
        }
    }
    Ok(first)
}

async fn requests(scan: &Arc<Scan>, evidence: &mut Evidence) {
    for probe in BASELINE {
        keep(evidence, probe.name, scan.send(probe).await);
        // A site that nobody answers for is not asked thirty times.
        let first = evidence.exchanges.get("home").and_then(|home| home.error.clone());
        if let Some(reason) = first {
            evidence.unreachable = Some(reason);
            return;
        }
    }
    let (first, rest): (Vec<&Probe>, Vec<&Probe>) = PROBES
        .iter()
        .filter(|probe| probe.consent <= scan.options.consent)
        .partition(|probe| matches!(probe.when, When::Always | When::Odoo));
    let gate = Arc::new(Semaphore::new(AT_ONCE));
    let mut running = JoinSet::new();
    let may_be_odoo = View::new(evidence).may_be_odoo();
    for probe in first {
        if probe.when == When::Odoo && !may_be_odoo {
            evidence.left_out.insert(probe.name.to_owned(), NO_ODOO.to_owned());
            continue;
        }
        if probe.scheme == Scheme::Plain && scan.site.scheme() == "http" {
            continue;
        }
        let (scan, gate) = (Arc::clone(scan), Arc::clone(&gate));
        running.spawn(async move {
            let _turn = gate.acquire().await;
            (probe.name, scan.send(probe).await)
        });
    }
    while let Some(done) = running.join_next().await {
        if let Ok((name, result)) = done {
            keep(evidence, name, result);
        }
    }
    follow(scan, evidence, "home").await;
    follow(scan, evidence, "http-home").await;
    for probe in rest {
        if !may_be_odoo {
            evidence.left_out.insert(probe.name.to_owned(), NO_ODOO.to_owned());
            continue;
        }
        let view = View::new(evidence);
        let wanted = match probe.when {
            When::ManagerRefused => view.is_refused("manager"),
            When::ManagerUnseen => !view.is_manager("manager"),
            When::PlainAnswers => view.exchange("http-home").is_ok(),
            When::TranslationsUnseen => view.modules().is_empty() && view.has_status("translations", 404),
            When::SitemapNamed => view.sitemap_is_named() == Some(true),
            When::XmlrpcRefused => view.is_refused("xmlrpc"),
            When::AttachmentSeen => view.attachment().is_some(),
            When::InDoubt => view.answers_otherwise("cors"),
            When::Always | When::Odoo | When::Last => true,
        };
        if !wanted {
            continue;
        }
        if matches!(probe.when, When::Last | When::InDoubt) {
            scan.allowance.store(scan.options.budget, Ordering::Relaxed);
        }
        let result = match view.attachment().filter(|_| probe.when == When::AttachmentSeen) {
            Some(path) => scan.send_to(probe, &path).await,
            None => scan.send(probe).await,
        };
        keep(evidence, probe.name, result);
    }
    doubt_refusals(evidence);
}

/// When the site lets nobody in any more at the end, its refusals in between say nothing.
fn doubt_refusals(evidence: &mut Evidence) {
    if !View::new(evidence).answers_otherwise("control") {
        return;
    }
    let Some(status) = evidence.exchanges.get("control").map(|control| control.status) else { return };
    for (name, exchange) in &mut evidence.exchanges {
        let first = BASELINE.iter().any(|probe| probe.name == name);
        if !first && (exchange.status == status || exchange.error.is_some()) {
            exchange.is_limited = true;
        }
    }
}

/// Follows redirects on the same host, as a browser would. `name` is the probe that begins.
async fn follow(scan: &Scan, evidence: &mut Evidence, name: &str) {
    let mut last = name.to_owned();
    for hop in 1..=HOPS {
        let Some(next) = evidence.exchanges.get(&last).and_then(Exchange::target) else { return };
        // Another host is somebody else, and what was seen already is not asked for again.
        let same_host = next.host_str() == scan.site.host_str();
        let seen = evidence
            .exchanges
            .values()
            .any(|one| one.method == "GET" && one.sent.is_empty() && one.url == next.as_str());
        let is_login = next.path() == "/web/login" && next.scheme() == scan.site.scheme();
        if !same_host || !matches!(next.scheme(), "http" | "https") || seen || is_login {
            return;
        }
        last = format!("{name}-{hop}");
        let result = scan.request(&Request::get(next)).await;
        keep(evidence, &last, result);
    }
}

fn keep(evidence: &mut Evidence, name: &str, result: Result<Exchange, String>) {
    match result {
        Ok(exchange) => {
            evidence.exchanges.insert(name.to_owned(), exchange);
        }
        Err(reason) => {
            evidence.left_out.insert(name.to_owned(), reason);
        }
    }
}

async fn knock(dialer: &Dialer, port: u16) -> Port {
    match timeout(Duration::from_secs(2), dialer.port(port).connect()).await {
        Ok(Ok(_)) => Port::Open,
        Ok(Err(Trouble::Refused | Trouble::Reset)) => Port::Closed,
        Ok(Err(Trouble::Timeout)) | Err(_) => Port::Filtered,
    }
}

/// Tries log-ins with a name that nobody has until something stops it.
async fn log_in_often(scan: &Scan, evidence: &mut Evidence) {
    let Some(login) = evidence.exchanges.get("login") else { return };
    let token = View::new(evidence).form_token("login");
    let cookie = login.all("set-cookie").filter_map(|value| value.split(';').next()).collect::<Vec<_>>().join("; ");
    let Some(token) = token else {
        evidence.left_out.insert("login-throttling".into(), "the login page has no form".into());
        return;
    };
    let Ok(url) = Url::parse(&format!("{}/web/login", authority(&scan.site))) else { return };
    let body = format!(
        "csrf_token={token}&login=castellan-{}%40probe.invalid&password=castellan-no-such-password",
        scan.random
    );
    for attempt in 1..=LOGINS {
        let request = Request {
            method: "POST",
            headers: vec![("content-type", "application/x-www-form-urlencoded".into()), ("cookie", cookie.clone())],
            body: body.clone().into(),
            ..Request::get(url.clone())
        };
        let exchange = scan.client.send(&request).await;
        scan.sent.fetch_add(1, Ordering::Relaxed);
        let stopped = exchange.error.is_some() || matches!(exchange.status, 403 | 429 | 503);
        evidence.exchanges.insert(format!("throttled-login-{attempt:02}"), exchange);
        if stopped {
            return;
        }
        sleep(Duration::from_millis(100)).await;
    }
}

fn random() -> String {
    let mut bytes = [0; 8];
    let _ = getrandom::fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_are_read_as_people_write_them() {
        for (text, expected) in [
            ("erp.example.com", Ok("https://erp.example.com/")),
            ("HTTPS://ERP.example.com:8443/web?x#y", Ok("https://erp.example.com:8443/")),
            ("http://[::1]:8069", Ok("http://[::1]:8069/")),
            ("ftp://x/", Err("only http")),
            ("https://", Err("no URL")),
            ("https://admin:secret@erp.example.com", Err("user or password")),
        ] {
            match (site(text), expected) {
                (Ok(url), Ok(expected)) => assert_eq!(url.as_str(), expected),
                (Err(reason), Err(part)) => assert!(reason.contains(part) && !reason.contains("secret"), "{reason}"),
                (result, _) => panic!("{text}: {result:?}"),
            }
        }
    }
}
