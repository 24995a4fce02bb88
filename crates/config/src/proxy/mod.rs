//! What a request would meet at the proxy in front of Odoo.
//!
//! Each kind of proxy answers the same question in its own way: [`Front::answer`] walks the parsed configuration as the
//! program would and gives the outcome with the reasons. Rules and `castellan explain-request` read the answer and never
//! the text.

pub mod apache;
pub mod caddy;
pub mod haproxy;
pub mod nginx;
pub mod traefik;

use std::net::{IpAddr, Ipv4Addr};

use crate::source::Site;

/// The program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Program {
    /// nginx.
    Nginx,
    /// Apache HTTP Server.
    Apache,
    /// Caddy.
    Caddy,
    /// Traefik.
    Traefik,
    /// HAProxy.
    Haproxy,
}

impl Program {
    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "Apache",
            Self::Caddy => "Caddy",
            Self::Traefik => "Traefik",
            Self::Haproxy => "HAProxy",
        }
    }
}

/// A request from outside.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method in capitals.
    pub method: String,
    /// `http` or `https`.
    pub scheme: String,
    /// Host name without port, lower-cased.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Path and query as sent.
    pub target: String,
    /// Client.
    pub from: IpAddr,
    /// Further headers: names lower-cased.
    pub headers: Vec<(String, String)>,
}

/// An address that stands for everybody outside (RFC 5737, TEST-NET-3).
pub const OUTSIDE: IpAddr = IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7));

impl Request {
    /// A request of a stranger.
    #[must_use]
    pub fn new(method: &str, scheme: &str, host: &str, port: u16, target: &str) -> Self {
        Self {
            method: method.to_owned(),
            scheme: scheme.to_owned(),
            host: host.to_lowercase(),
            port,
            target: target.to_owned(),
            from: OUTSIDE,
            headers: Vec::new(),
        }
    }

    /// From `https://erp.example.com/web`.
    ///
    /// # Errors
    ///
    /// What is wrong with the URL.
    pub fn from_url(method: &str, url: &str) -> Result<Self, String> {
        let (scheme, rest) = url.split_once("://").ok_or("write the URL with its scheme: https://HOST/PATH")?;
        let scheme = scheme.to_lowercase();
        let standard = match scheme.as_str() {
            "http" => 80,
            "https" => 443,
            other => return Err(format!("`{other}` is no scheme of the web; http or https")),
        };
        let split = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(split);
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                (host, port.parse().map_err(|_| format!("`{port}` is no port"))?)
            }
            _ => (authority, standard),
        };
        if host.is_empty() {
            return Err("the URL names no host".into());
        }
        let target = if target.starts_with('/') { target.to_owned() } else { format!("/{target}") };
        Ok(Self::new(&method.to_uppercase(), &scheme, host, port, &target))
    }

    /// Value of a header; `name` in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The target without its query.
    #[must_use]
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or("")
    }
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It goes on to another server.
    Proxy {
        /// As written: `http://odoo`.
        upstream: String,
        /// Addresses behind it: `127.0.0.1:8069`.
        servers: Vec<String>,
        /// The path that the server sees.
        path: String,
    },
    /// The proxy answers by itself.
    Respond {
        /// Status.
        status: u16,
        /// `Location` header.
        location: Option<String>,
    },
    /// A file of the proxy's disk, if it is there.
    File {
        /// Its path.
        path: String,
    },
    /// Cannot be told from the configuration.
    Unknown {
        /// Why.
        reason: String,
    },
}

/// One reason on the way to the outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Where it is written.
    pub site: Option<Site>,
    /// What it does.
    pub text: String,
}

/// A header that is set, with its place.
#[derive(Debug, Clone, PartialEq)]
pub struct HeaderSet {
    /// Name as written.
    pub name: String,
    /// Value as written; empty removes it.
    pub value: String,
    /// Also on error pages.
    pub always: bool,
    /// Where.
    pub site: Site,
}

/// A limit on the number of requests.
#[derive(Debug, Clone, PartialEq)]
pub struct RateLimit {
    /// Requests a second that pass, on average; `None` when the rate is not known.
    pub per_second: Option<f64>,
    /// Counted by client address.
    pub by_client: bool,
    /// Where.
    pub site: Site,
}

/// The answer to a request.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What happens.
    pub outcome: Outcome,
    /// Why, first reason first.
    pub steps: Vec<Step>,
    /// Headers of the response that the proxy sets.
    pub headers: Vec<HeaderSet>,
    /// Headers of the request that the proxy sets for the server behind.
    pub forwarded: Vec<HeaderSet>,
    /// The program sets `X-Forwarded-For`, `-Host` and `-Proto` by itself, over what the client sent.
    pub forwards_by_itself: bool,
    /// Limits that apply.
    pub limits: Vec<RateLimit>,
    /// Largest body in bytes; 0 for no limit.
    pub body_limit: Option<u64>,
    /// Longest wait for the server behind, in seconds.
    pub read_timeout: Option<u64>,
    /// Upgrades to websocket connections pass.
    pub upgrades: bool,
    /// Cookies of the server behind are made secure.
    pub secures_cookies: bool,
    /// Answers are cached here.
    pub cached: Option<Site>,
    /// Access is a matter of the client's address.
    pub by_address: Option<Site>,
    /// A password or another service is asked first.
    pub asks: Option<Site>,
}

impl Answer {
    /// An answer that nothing is known of yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            outcome: Outcome::Unknown { reason: "nothing decides".into() },
            steps: Vec::new(),
            headers: Vec::new(),
            forwarded: Vec::new(),
            forwards_by_itself: false,
            limits: Vec::new(),
            body_limit: None,
            read_timeout: None,
            upgrades: false,
            secures_cookies: false,
            cached: None,
            by_address: None,
            asks: None,
        }
    }

    /// Adds a reason.
    pub fn step(&mut self, site: Option<Site>, text: impl Into<String>) {
        self.steps.push(Step { site, text: text.into() });
    }

    /// Ends with a status.
    pub fn respond(&mut self, status: u16) {
        self.outcome = Outcome::Respond { status, location: None };
    }

    /// Whether the request reaches the server behind.
    #[must_use]
    pub fn reaches(&self) -> bool {
        matches!(self.outcome, Outcome::Proxy { .. }) && self.asks.is_none()
    }

    /// A header of the response; `name` in any case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&HeaderSet> {
        self.headers.iter().rfind(|header| header.name.eq_ignore_ascii_case(name) && !header.value.is_empty())
    }

    /// A header for the server behind.
    #[must_use]
    pub fn forwarded(&self, name: &str) -> Option<&HeaderSet> {
        self.forwarded.iter().rfind(|header| header.name.eq_ignore_ascii_case(name))
    }

    /// The place that decided last; the addresses of an upstream decide nothing.
    #[must_use]
    pub fn site(&self) -> Option<Site> {
        self.steps.iter().rev().filter(|step| !step.text.starts_with("upstream ")).find_map(|step| step.site)
    }

    /// The answer in a few words.
    #[must_use]
    pub fn summary(&self) -> String {
        match &self.outcome {
            Outcome::Proxy { upstream, servers, path } => {
                let asked = if self.asks.is_some() { " after a password or another service was asked" } else { "" };
                if servers.is_empty() || servers.iter().any(|server| upstream.ends_with(server.as_str())) {
                    format!("passed on to {upstream}{asked}, which sees {path}")
                } else {
                    format!("passed on to {upstream} ({}){asked}, which sees {path}", servers.join(", "))
                }
            }
            Outcome::Respond { status, location: Some(location) } => format!("{status}, to {location}"),
            Outcome::Respond { status, location: None } => format!("{status} by the proxy itself"),
            Outcome::File { path } => format!("the file {path}, 404 if there is none"),
            Outcome::Unknown { reason } => format!("cannot be told: {reason}"),
        }
    }
}

impl Default for Answer {
    fn default() -> Self {
        Self::new()
    }
}

/// An address and port that a site listens on.
#[derive(Debug, Clone, PartialEq)]
pub struct Listen {
    /// Address; `None` for all.
    pub address: Option<IpAddr>,
    /// Port.
    pub port: u16,
    /// TLS.
    pub tls: bool,
    /// Where it is written.
    pub site: Site,
}

/// TLS of a site, as far as it is written down.
#[derive(Debug, Clone, Default)]
pub struct Tls {
    /// Protocol versions in one spelling: `SSLv3`, `TLSv1`, `TLSv1.1`, `TLSv1.2`, `TLSv1.3`.
    pub protocols: Option<(Vec<String>, Site)>,
    /// OpenSSL's list of ciphers.
    pub ciphers: Option<(String, Site)>,
    /// Private key files.
    pub keys: Vec<(String, Site)>,
}

/// A site: names on listening addresses.
#[derive(Debug, Clone)]
pub struct VirtualSite {
    /// Names; empty takes every name.
    pub names: Vec<String>,
    /// Where it listens.
    pub listens: Vec<Listen>,
    /// TLS.
    pub tls: Tls,
    /// Takes requests for names that no site has.
    pub is_default: bool,
    /// Where it is written.
    pub site: Site,
}

impl VirtualSite {
    /// A host name to ask it with.
    #[must_use]
    pub fn host(&self) -> String {
        self.names.iter().find(|name| !name.is_empty() && *name != "_" && !name.starts_with('~')).map_or_else(
            || "unnamed.invalid".to_owned(),
            |name| name.replace('*', "www").trim_start_matches('.').to_owned(),
        )
    }

    /// The listening address with TLS, or the first.
    #[must_use]
    pub fn main_listen(&self) -> Option<&Listen> {
        self.listens.iter().find(|listen| listen.tls).or_else(|| self.listens.first())
    }
}

/// A proxy's configuration.
pub struct Front {
    /// The program.
    pub program: Program,
    /// Its main file.
    pub path: String,
    /// Its sites.
    pub sites: Vec<VirtualSite>,
    engine: Engine,
}

enum Engine {
    Nginx(nginx::Nginx),
    Apache(apache::Apache),
    Caddy(caddy::Caddy),
    Traefik(traefik::Traefik),
    Haproxy(haproxy::Haproxy),
}

impl Front {
    /// What a request meets.
    #[must_use]
    pub fn answer(&self, request: &Request) -> Answer {
        match &self.engine {
            Engine::Nginx(engine) => engine.answer(request),
            Engine::Apache(engine) => engine.answer(request),
            Engine::Caddy(engine) => engine.answer(request),
            Engine::Traefik(engine) => engine.answer(request),
            Engine::Haproxy(engine) => engine.answer(request),
        }
    }

    /// The directives of nginx, for rules about them.
    #[must_use]
    pub const fn nginx(&self) -> Option<&nginx::Nginx> {
        if let Engine::Nginx(engine) = &self.engine { Some(engine) } else { None }
    }

    pub(crate) fn of_nginx(path: String, engine: nginx::Nginx) -> Self {
        Self { program: Program::Nginx, path, sites: engine.sites(), engine: Engine::Nginx(engine) }
    }

    pub(crate) fn of_apache(path: String, engine: apache::Apache) -> Self {
        Self { program: Program::Apache, path, sites: engine.sites(), engine: Engine::Apache(engine) }
    }

    pub(crate) fn of_caddy(path: String, engine: caddy::Caddy) -> Self {
        Self { program: Program::Caddy, path, sites: engine.sites(), engine: Engine::Caddy(engine) }
    }

    pub(crate) fn of_traefik(path: String, engine: traefik::Traefik) -> Self {
        Self { program: Program::Traefik, path, sites: engine.sites(), engine: Engine::Traefik(engine) }
    }

    pub(crate) fn of_haproxy(path: String, engine: haproxy::Haproxy) -> Self {
        Self { program: Program::Haproxy, path, sites: engine.sites(), engine: Engine::Haproxy(engine) }
    }
}

/// The path of a request as servers see it: `%XX` decoded, `//` folded, `.` and `..` resolved.
#[must_use]
pub fn normalise_path(path: &str) -> String {
    tidy(&percent_decode(path))
}

/// A path with `//` folded, `.` and `..` resolved.
pub(crate) fn tidy(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let mut last_is_folder = false;
    for part in path.split('/') {
        last_is_folder = matches!(part, "" | "." | "..");
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let mut out = format!("/{}", parts.join("/"));
    if last_is_folder && !parts.is_empty() {
        out.push('/');
    }
    out
}

/// Replaces `%XX`.
#[must_use]
pub fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = (*byte == b'%')
            .then(|| text.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok()))
            .flatten();
        match code {
            Some(code) => {
                out.push(code);
                at += 3;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Host and port of an upstream's URL; the port of the scheme when none is given.
#[must_use]
pub fn host_port(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let authority = rest.split('/').next().unwrap_or(rest);
    let has_port = authority
        .rsplit_once(':')
        .is_some_and(|(_, port)| port.chars().all(|c| c.is_ascii_digit()) && !port.is_empty());
    if has_port { authority.to_owned() } else { format!("{authority}:{}", if scheme == "https" { 443 } else { 80 }) }
}

/// `512k`, `1m`, `2g`, in bytes.
#[must_use]
pub fn size(text: &str) -> Option<u64> {
    let lower = text.to_lowercase();
    let digits = lower.trim_end_matches(|char: char| char.is_alphabetic());
    let number: u64 = digits.trim().parse().ok()?;
    let factor = match lower.get(digits.len()..).unwrap_or("") {
        "" | "b" => 1,
        "k" | "kb" | "kib" => 1024,
        "m" | "mb" | "mib" => 1024 * 1024,
        "g" | "gb" | "gib" => 1024 * 1024 * 1024,
        _ => return None,
    };
    number.checked_mul(factor)
}

/// `30`, `30s`, `5m`, `1h`, `500ms`, in seconds; milliseconds are rounded up.
#[must_use]
pub fn seconds(text: &str) -> Option<u64> {
    let mut total = 0_u64;
    let mut number = String::new();
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        if char.is_ascii_digit() {
            number.push(char);
            continue;
        }
        let value: u64 = number.parse().ok()?;
        number.clear();
        total += match char {
            's' => value,
            'm' if chars.peek() == Some(&'s') => {
                chars.next();
                value.div_ceil(1000)
            }
            'm' => value * 60,
            'h' => value * 3600,
            'd' => value * 86_400,
            ' ' => value,
            _ => return None,
        };
    }
    if !number.is_empty() {
        total += number.parse::<u64>().ok()?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_paths_sizes_times() {
        let request = Request::from_url("get", "https://ERP.example.com:8443/web?db=x").unwrap();
        assert_eq!((request.host.as_str(), request.port, request.path()), ("erp.example.com", 8443, "/web"));
        assert!(Request::from_url("GET", "erp.example.com").is_err());
        assert!(Request::from_url("GET", "ftp://x/").is_err());
        assert_eq!(normalise_path("/a//b/./../%77eb/"), "/a/web/");
        assert_eq!(normalise_path("/../x"), "/x");
        assert_eq!((size("32m"), size("1G"), size("x")), (Some(33_554_432), Some(1_073_741_824), None));
        assert_eq!(
            (seconds("720s"), seconds("1m30s"), seconds("500ms"), seconds("60")),
            (Some(720), Some(90), Some(1), Some(60))
        );
        assert_eq!(host_port("http://127.0.0.1:8069/x"), "127.0.0.1:8069");
    }
}
