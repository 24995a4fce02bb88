//! Traefik: entry points, routers by rule and priority, middlewares, services; from files and from container labels.
//!
//! Sources: Traefik documentation, "Routers", "Middlewares", "Entry Points" (versions 2 and 3).

use ipnet::IpNet;
use regex::Regex;

use super::{
    Answer, HeaderSet, Listen, Outcome, RateLimit, Request, Tls, VirtualSite, host_port, normalise_path, seconds,
};
use crate::read::tree::{Node, Value};
use crate::source::{Site, Word};

/// Traefik's configuration.
#[derive(Default)]
pub struct Traefik {
    entry_points: Vec<EntryPoint>,
    routers: Vec<Router>,
    services: Vec<(String, Vec<String>)>,
    middlewares: Vec<(String, Node)>,
    min_version: Option<(String, Site)>,
}

struct EntryPoint {
    name: String,
    port: u16,
    redirects: bool,
    tls: bool,
    read_timeout: Option<u64>,
    site: Site,
}

struct Router {
    name: String,
    rule: Option<Rule>,
    text: String,
    entry_points: Vec<String>,
    middlewares: Vec<Word>,
    service: String,
    tls: bool,
    priority: i64,
    site: Site,
}

/// A rule of a router.
#[derive(Debug, Clone)]
enum Rule {
    All(Vec<Rule>),
    Any(Vec<Rule>),
    Not(Box<Rule>),
    Match(String, Vec<String>),
}

impl Traefik {
    /// Takes a static or dynamic file in.
    pub fn add(&mut self, root: &Node) {
        for (name, point) in root.get("entryPoints").map(Node::entries).unwrap_or_default() {
            let port = point
                .get("address")
                .and_then(Node::text)
                .and_then(|text| text.split('/').next()?.rsplit(':').next()?.parse().ok());
            let read = point.at(&["transport", "respondingTimeouts", "readTimeout"]).and_then(Node::text);
            self.entry_points.push(EntryPoint {
                name: name.text.clone(),
                port: port.unwrap_or(80),
                redirects: point.at(&["http", "redirections", "entryPoint", "to"]).is_some(),
                tls: point.at(&["http", "tls"]).is_some(),
                read_timeout: read.and_then(seconds),
                site: name.site,
            });
        }
        let Some(http) = root.get("http") else {
            self.min_version(root);
            return;
        };
        for (name, router) in http.get("routers").map(Node::entries).unwrap_or_default() {
            self.router(&name.text, router, name.site);
        }
        for (name, service) in http.get("services").map(Node::entries).unwrap_or_default() {
            let servers = service.at(&["loadBalancer", "servers"]).map(Node::items).unwrap_or_default();
            let urls =
                servers.iter().filter_map(|server| server.get("url").and_then(Node::text).map(str::to_owned)).collect();
            self.services.push((name.text.clone(), urls));
        }
        for (name, middleware) in http.get("middlewares").map(Node::entries).unwrap_or_default() {
            self.middlewares.push((name.text.clone(), middleware.clone()));
        }
        self.min_version(root);
    }

    fn min_version(&mut self, root: &Node) {
        if let Some(version) = root.at(&["tls", "options", "default", "minVersion"]).and_then(Node::word) {
            self.min_version = Some((version.text.clone(), version.site));
        }
    }

    fn router(&mut self, name: &str, router: &Node, site: Site) {
        let rule = router.get("rule").and_then(Node::text).unwrap_or_default().to_owned();
        let priority = router.get("priority").and_then(Node::text).and_then(|text| text.parse().ok());
        self.routers.push(Router {
            name: name.to_owned(),
            rule: parse_rule(&rule),
            priority: priority.unwrap_or(i64::try_from(rule.len()).unwrap_or(0)),
            text: rule,
            entry_points: router
                .get("entryPoints")
                .map(Node::words)
                .unwrap_or_default()
                .into_iter()
                .map(|word| word.text)
                .collect(),
            middlewares: router.get("middlewares").map(Node::words).unwrap_or_default(),
            service: router.get("service").and_then(Node::text).unwrap_or_default().to_owned(),
            tls: router.get("tls").is_some(),
            site,
        });
    }

    /// Takes the labels of a container in; `host` is the name that other containers reach it by.
    pub fn add_labels(&mut self, labels: &[(Word, Word)], host: &str) {
        if !labels.iter().any(|(key, _)| key.text.starts_with("traefik.http.")) {
            return;
        }
        let Some(first) = labels.first().map(|(key, _)| key.site) else { return };
        let mut root = Node { value: Value::Map(Vec::new()), site: first };
        for (key, value) in labels {
            let Some(rest) = key.text.strip_prefix("traefik.") else { continue };
            let parts: Vec<&str> = rest.split('.').collect();
            let list = matches!(
                parts.last(),
                Some(&("middlewares" | "entrypoints" | "entryPoints" | "sourceRange" | "sourcerange" | "users"))
            );
            let node = if list {
                let items = value
                    .text
                    .split(',')
                    .map(|item| Node { value: Value::Scalar(item.trim().to_owned()), site: value.site })
                    .collect();
                Node { value: Value::List(items), site: value.site }
            } else {
                Node { value: Value::Scalar(value.text.clone()), site: value.site }
            };
            put(&mut root, &parts, node, key.site);
        }
        let http = root.get("http").cloned();
        let Some(http) = http else { return };
        let routers = http.get("routers").map(Node::entries).unwrap_or_default().to_vec();
        for (name, router) in &routers {
            let mut router = router.clone();
            if let Value::Map(entries) = &mut router.value {
                for (key, _) in entries.iter_mut() {
                    if key.text == "entrypoints" {
                        key.text = "entryPoints".into();
                    }
                }
            }
            self.router(&name.text, &router, name.site);
            if router.get("service").is_none()
                && let Some(last) = self.routers.last_mut()
            {
                // The service of the labels, or one that Traefik makes for the container.
                let only = http
                    .get("services")
                    .map(Node::entries)
                    .unwrap_or_default()
                    .first()
                    .map(|(name, _)| name.text.clone());
                last.service = only.unwrap_or_else(|| format!("{host}@labels"));
            }
        }
        let mut known = false;
        for (name, service) in http.get("services").map(Node::entries).unwrap_or_default() {
            let server =
                service.get("loadbalancer").or_else(|| service.get("loadBalancer")).and_then(|node| node.get("server"));
            let port = server.and_then(|node| node.get("port")).and_then(Node::text).unwrap_or("8069");
            self.services.push((name.text.clone(), vec![format!("http://{host}:{port}")]));
            known = true;
        }
        if !known {
            self.services.push((format!("{host}@labels"), vec![format!("http://{host}:8069")]));
        }
        for (name, middleware) in http.get("middlewares").map(Node::entries).unwrap_or_default() {
            self.middlewares.push((name.text.clone(), middleware.clone()));
        }
    }

    /// Takes `--entrypoints.web.address=:80` of a command line in.
    pub fn add_arguments(&mut self, arguments: &[Word]) {
        let mut root: Option<Node> = None;
        for word in arguments {
            let Some((key, value)) = word.text.trim_start_matches('-').split_once('=') else { continue };
            let parts: Vec<&str> = key.split('.').collect();
            if !parts.first().is_some_and(|first| first.eq_ignore_ascii_case("entrypoints")) {
                continue;
            }
            let mut names: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            if let Some(first) = names.first_mut() {
                *first = "entryPoints".into();
            }
            for name in &mut names {
                if name == "entrypoint" {
                    *name = "entryPoint".into();
                }
            }
            let path: Vec<&str> = names.iter().map(String::as_str).collect();
            let root = root.get_or_insert(Node { value: Value::Map(Vec::new()), site: word.site });
            put(root, &path, Node { value: Value::Scalar(value.to_owned()), site: word.site }, word.site);
        }
        if let Some(root) = root {
            self.add(&root);
        }
    }

    /// Whether there is anything to route.
    #[must_use]
    pub fn has_routers(&self) -> bool {
        !self.routers.is_empty()
    }

    pub(super) fn sites(&self) -> Vec<VirtualSite> {
        self.routers
            .iter()
            .map(|router| {
                let mut names = Vec::new();
                if let Some(rule) = &router.rule {
                    rule.hosts(&mut names);
                }
                let points: Vec<&EntryPoint> = self
                    .entry_points
                    .iter()
                    .filter(|point| router.entry_points.is_empty() || router.entry_points.contains(&point.name))
                    .filter(|point| router.tls == point.tls || router.tls || !point.tls)
                    .collect();
                let mut listens: Vec<Listen> = points
                    .iter()
                    .map(|point| Listen {
                        address: None,
                        port: point.port,
                        tls: router.tls || point.tls,
                        site: router.site,
                    })
                    .collect();
                if listens.is_empty() {
                    listens.push(Listen {
                        address: None,
                        port: if router.tls { 443 } else { 80 },
                        tls: router.tls,
                        site: router.site,
                    });
                }
                let protocols = self.min_version.as_ref().map(|(version, site)| {
                    let all = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
                    let from = ["VersionTLS10", "VersionTLS11", "VersionTLS12", "VersionTLS13"]
                        .iter()
                        .position(|name| name == version);
                    (all.get(from.unwrap_or(2)..).unwrap_or(&[]).iter().map(|name| (*name).to_owned()).collect(), *site)
                });
                VirtualSite {
                    is_default: names.is_empty(),
                    names,
                    listens,
                    tls: Tls { protocols, ciphers: None, keys: Vec::new() },
                    site: router.site,
                }
            })
            .collect()
    }

    /// What a request meets.
    #[must_use]
    pub fn answer(&self, request: &Request) -> Answer {
        let mut answer = Answer::new();
        let path = normalise_path(request.path());
        let point = self.entry_points.iter().find(|point| point.port == request.port);
        if let Some(point) = point {
            answer.step(Some(point.site), format!("entry point {}", point.name));
            answer.read_timeout = point.read_timeout;
            if point.redirects && request.scheme == "http" {
                answer.step(Some(point.site), "redirects to another entry point");
                let location = format!("https://{}{}", request.host, request.target);
                answer.outcome = Outcome::Respond { status: 308, location: Some(location) };
                return answer;
            }
        }
        let mut routers: Vec<&Router> = self
            .routers
            .iter()
            .filter(|router| {
                let named = point
                    .is_none_or(|point| router.entry_points.is_empty() || router.entry_points.contains(&point.name));
                let tls = router.tls || point.is_some_and(|point| point.tls);
                named && tls == (request.scheme == "https")
            })
            .filter(|router| router.rule.as_ref().is_some_and(|rule| rule.holds(request, &path)))
            .collect();
        routers.sort_by_key(|router| std::cmp::Reverse(router.priority));
        let Some(router) = routers.first() else {
            answer.step(None, "no router matches");
            answer.respond(404);
            return answer;
        };
        answer.step(Some(router.site), format!("router {}: {}", router.name, router.text));
        answer.forwards_by_itself = true;
        answer.upgrades = true;
        answer.body_limit = Some(0);
        let mut seen = path;
        let mut names: Vec<Word> = router.middlewares.clone();
        let mut index = 0;
        while let Some(name) = names.get(index).cloned() {
            index += 1;
            let plain = name.text.split('@').next().unwrap_or("");
            let Some((_, middleware)) = self.middlewares.iter().find(|(known, _)| known == plain) else {
                answer.step(Some(name.site), format!("middleware {} is not defined here", name.text));
                continue;
            };
            if let Some(chain) = middleware.at(&["chain", "middlewares"]) {
                if names.len() < 64 {
                    names.splice(index..index, chain.words());
                }
                continue;
            }
            if self.middleware(&name, middleware, request, &mut seen, &mut answer) {
                return answer;
            }
        }
        let service = router.service.split('@').next().unwrap_or("");
        let servers = self
            .services
            .iter()
            .find(|(name, _)| *name == router.service || name == service)
            .map(|(_, servers)| servers.clone())
            .unwrap_or_default();
        let query = request.target.split_once('?').map_or(String::new(), |(_, query)| format!("?{query}"));
        answer.outcome = Outcome::Proxy {
            upstream: format!("service {}", router.service),
            servers: servers.iter().map(|server| host_port(server)).collect(),
            path: format!("{seen}{query}"),
        };
        answer
    }

    /// One middleware. `true` when it ended the request.
    fn middleware(
        &self,
        name: &Word,
        middleware: &Node,
        request: &Request,
        seen: &mut String,
        answer: &mut Answer,
    ) -> bool {
        for (kind, options) in middleware.entries() {
            let get = |key: &str| {
                options.entries().iter().find(|(name, _)| name.text.eq_ignore_ascii_case(key)).map(|(_, node)| node)
            };
            match kind.text.to_lowercase().as_str() {
                "ipallowlist" | "ipwhitelist" => {
                    let ranges = get("sourceRange").map(Node::words).unwrap_or_default();
                    let inside = ranges.iter().any(|word| {
                        word.text.parse::<IpNet>().map_or_else(
                            |_| word.text.parse() == Ok(request.from),
                            |network| network.contains(&request.from),
                        )
                    });
                    answer.by_address = Some(name.site);
                    if !inside {
                        answer
                            .step(Some(name.site), format!("middleware {}: the address is not on the list", name.text));
                        answer.respond(403);
                        return true;
                    }
                }
                "ratelimit" => {
                    let number = |key: &str| get(key).and_then(Node::text).and_then(|text| text.parse::<f64>().ok());
                    let period = get("period").and_then(Node::text).and_then(seconds).unwrap_or(1);
                    let per_second =
                        number("average").map(|average| average / f64::from(u32::try_from(period).unwrap_or(1)));
                    answer.limits.push(RateLimit { per_second, by_client: true, site: name.site });
                }
                "basicauth" | "digestauth" | "forwardauth" => {
                    answer.step(Some(name.site), format!("middleware {}: asks first", name.text));
                    answer.asks = Some(name.site);
                    if kind.text.to_lowercase() != "forwardauth" {
                        answer.respond(401);
                        return true;
                    }
                }
                "redirectscheme" => {
                    let scheme = get("scheme").and_then(Node::text).unwrap_or("https");
                    if request.scheme != scheme {
                        answer.step(Some(name.site), format!("middleware {}", name.text));
                        let permanent = get("permanent").and_then(Node::truth) == Some(true);
                        let location = format!("{scheme}://{}{}", request.host, request.target);
                        answer.outcome =
                            Outcome::Respond { status: if permanent { 301 } else { 302 }, location: Some(location) };
                        return true;
                    }
                }
                "headers" => self.headers(options, name, answer),
                "buffering" => {
                    if let Some(limit) =
                        get("maxRequestBodyBytes").and_then(Node::text).and_then(|text| text.parse().ok())
                    {
                        answer.body_limit = Some(limit);
                    }
                }
                "stripprefix" => {
                    for prefix in get("prefixes").map(Node::words).unwrap_or_default() {
                        if let Some(rest) = seen.strip_prefix(prefix.text.as_str()) {
                            *seen = if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
                            break;
                        }
                    }
                }
                _ => {}
            }
        }
        false
    }

    fn headers(&self, options: &Node, name: &Word, answer: &mut Answer) {
        let mut set = |header: &str, value: String, site: Site| {
            answer.headers.push(HeaderSet { name: header.into(), value, always: true, site });
        };
        for (key, value) in options.entries() {
            let text = value.text().unwrap_or_default().to_owned();
            match key.text.to_lowercase().as_str() {
                "stsseconds" => set("Strict-Transport-Security", format!("max-age={text}"), key.site),
                "contenttypenosniff" if text == "true" => set("X-Content-Type-Options", "nosniff".into(), key.site),
                "framedeny" if text == "true" => set("X-Frame-Options", "DENY".into(), key.site),
                "customframeoptionsvalue" => set("X-Frame-Options", text, key.site),
                "contentsecuritypolicy" => set("Content-Security-Policy", text, key.site),
                "referrerpolicy" => set("Referrer-Policy", text, key.site),
                "permissionspolicy" => set("Permissions-Policy", text, key.site),
                "customresponseheaders" => {
                    for (header, value) in value.entries() {
                        set(&header.text, value.text().unwrap_or_default().to_owned(), header.site);
                    }
                }
                _ => {}
            }
        }
        let requests = options.entries().iter().find(|(key, _)| key.text.eq_ignore_ascii_case("customrequestheaders"));
        for (header, value) in requests.map(|(_, node)| node.entries()).unwrap_or_default() {
            answer.forwarded.push(HeaderSet {
                name: header.text.clone(),
                value: value.text().unwrap_or_default().to_owned(),
                always: true,
                site: name.site,
            });
        }
    }
}

/// Sets a value below several keys.
fn put(root: &mut Node, path: &[&str], value: Node, site: Site) {
    let Some((first, rest)) = path.split_first() else {
        *root = value;
        return;
    };
    if !matches!(root.value, Value::Map(_)) {
        root.value = Value::Map(Vec::new());
    }
    if let Value::Map(entries) = &mut root.value {
        if !entries.iter().any(|(key, _)| key.text == *first) {
            let key = Word { text: (*first).to_owned(), site };
            entries.push((key, Node { value: Value::Null, site }));
        }
        if let Some((_, child)) = entries.iter_mut().find(|(key, _)| key.text == *first) {
            put(child, rest, value, site);
        }
    }
}

impl Rule {
    fn hosts(&self, out: &mut Vec<String>) {
        match self {
            Self::All(rules) | Self::Any(rules) => rules.iter().for_each(|rule| rule.hosts(out)),
            Self::Match(name, values) if name == "Host" => out.extend(values.iter().map(|value| value.to_lowercase())),
            _ => {}
        }
    }

    fn holds(&self, request: &Request, path: &str) -> bool {
        match self {
            Self::All(rules) => rules.iter().all(|rule| rule.holds(request, path)),
            Self::Any(rules) => rules.iter().any(|rule| rule.holds(request, path)),
            Self::Not(rule) => !rule.holds(request, path),
            Self::Match(name, values) => match name.as_str() {
                "Host" => values.iter().any(|value| value.eq_ignore_ascii_case(&request.host)),
                "HostRegexp" => {
                    values.iter().any(|value| pattern(value).is_some_and(|found| found.is_match(&request.host)))
                }
                "Path" => values.iter().any(|value| value == path),
                "PathPrefix" => values.iter().any(|value| {
                    if value.contains('{') {
                        pattern(value).is_some_and(|found| found.is_match(path))
                    } else {
                        path.starts_with(value.as_str())
                    }
                }),
                "PathRegexp" => values.iter().any(|value| pattern(value).is_some_and(|found| found.is_match(path))),
                "Method" => values.iter().any(|value| value.eq_ignore_ascii_case(&request.method)),
                "ClientIP" => values.iter().any(|value| {
                    value
                        .parse::<IpNet>()
                        .map_or_else(|_| value.parse() == Ok(request.from), |network| network.contains(&request.from))
                }),
                "Header" | "Headers" => match values.as_slice() {
                    [name, value] => request.header(&name.to_lowercase()) == Some(value.as_str()),
                    _ => false,
                },
                _ => false,
            },
        }
    }
}

/// An expression; `{name:regex}` of version 2 becomes its expression.
fn pattern(text: &str) -> Option<Regex> {
    let open = text.replace('{', "(?:").replace('}', ")");
    let plain = if text.contains('{') && text.contains(':') {
        let mut out = String::from("^");
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(&regex::escape(before));
            let (inside, behind) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(&format!("(?:{})", inside.split_once(':').map_or(".*", |(_, expression)| expression)));
            rest = behind;
        }
        out.push_str(&regex::escape(rest));
        out
    } else if text.contains('{') {
        open
    } else {
        text.to_owned()
    };
    Regex::new(&plain).ok().or_else(|| Regex::new(text).ok())
}

fn parse_rule(text: &str) -> Option<Rule> {
    let mut parser = RuleParser { chars: text.char_indices().collect(), at: 0, text, depth: 0 };
    let rule = parser.any()?;
    parser.skip();
    (parser.at >= parser.chars.len()).then_some(rule)
}

struct RuleParser<'t> {
    chars: Vec<(usize, char)>,
    at: usize,
    text: &'t str,
    depth: usize,
}

impl RuleParser<'_> {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).map(|(_, char)| *char)
    }

    fn skip(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn take(&mut self, token: &str) -> bool {
        self.skip();
        let offset = self.chars.get(self.at).map_or(self.text.len(), |(offset, _)| *offset);
        let found = self.text.get(offset..).is_some_and(|rest| rest.starts_with(token));
        if found {
            self.at += token.chars().count();
        }
        found
    }

    fn any(&mut self) -> Option<Rule> {
        let mut rules = vec![self.all()?];
        while self.take("||") {
            rules.push(self.all()?);
        }
        Some(if rules.len() == 1 { rules.remove(0) } else { Rule::Any(rules) })
    }

    fn all(&mut self) -> Option<Rule> {
        let mut rules = vec![self.one()?];
        while self.take("&&") {
            rules.push(self.one()?);
        }
        Some(if rules.len() == 1 { rules.remove(0) } else { Rule::All(rules) })
    }

    fn one(&mut self) -> Option<Rule> {
        self.depth += 1;
        if self.depth > 64 {
            return None;
        }
        let rule = if self.take("!") {
            Rule::Not(Box::new(self.one()?))
        } else if self.take("(") {
            let inner = self.any()?;
            if !self.take(")") {
                return None;
            }
            inner
        } else {
            self.skip();
            let mut name = String::new();
            while let Some(char) = self.peek().filter(|char| char.is_alphanumeric()) {
                name.push(char);
                self.at += 1;
            }
            if name.is_empty() || !self.take("(") {
                return None;
            }
            let mut values = Vec::new();
            while !self.take(")") {
                self.skip();
                let quote = self.peek().filter(|char| matches!(char, '`' | '"' | '\''))?;
                self.at += 1;
                let mut value = String::new();
                while let Some(char) = self.peek() {
                    self.at += 1;
                    if char == quote {
                        break;
                    }
                    value.push(char);
                }
                values.push(value);
                self.take(",");
            }
            Rule::Match(name, values)
        };
        self.depth -= 1;
        Some(rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    const FILE: &str = "
entryPoints:
  web: { address: ':80', http: { redirections: { entryPoint: { to: websecure } } } }
  websecure: { address: ':443' }
http:
  routers:
    odoo: { rule: 'Host(`erp.example.com`)', entryPoints: [websecure], service: odoo, tls: {}, middlewares: [safe] }
    db: { rule: 'Host(`erp.example.com`) && PathPrefix(`/web/database`)', entryPoints: [websecure], service: odoo, tls: {}, middlewares: [nobody] }
  middlewares:
    safe: { chain: { middlewares: [hsts, limit] } }
    hsts: { headers: { stsSeconds: 31536000 } }
    limit: { rateLimit: { average: 10 } }
    nobody: { ipAllowList: { sourceRange: ['127.0.0.1/32'] } }
  services:
    odoo: { loadBalancer: { servers: [{ url: 'http://127.0.0.1:8069' }] } }
";

    #[test]
    fn routers_by_priority_with_their_middlewares() {
        let (root, problems) = crate::read::tree::yaml(FileId(0), FILE);
        assert!(problems.is_empty(), "{problems:?}");
        let mut traefik = Traefik::default();
        traefik.add(&root.unwrap());
        let ask = |url: &str| traefik.answer(&Request::from_url("GET", url).unwrap());
        assert_eq!(ask("https://erp.example.com/web/database/manager").summary(), "403 by the proxy itself");
        let login = ask("https://erp.example.com/web/login");
        assert_eq!(login.summary(), "passed on to service odoo (127.0.0.1:8069), which sees /web/login");
        assert_eq!(login.header("strict-transport-security").unwrap().value, "max-age=31536000");
        assert_eq!(login.limits[0].per_second, Some(10.0));
        assert!(ask("http://erp.example.com/x").summary().starts_with("308"));
        assert_eq!(ask("https://other.example.com/").summary(), "404 by the proxy itself");
    }

    #[test]
    fn rules_nest() {
        for (text, path, wanted) in [
            ("Path(`/a`) || (PathPrefix(`/b`) && !Path(`/b/c`))", "/b/d", true),
            ("Path(`/a`) || (PathPrefix(`/b`) && !Path(`/b/c`))", "/b/c", false),
            ("PathPrefix(`/{x:web|api}/`)", "/api/z", true),
            ("PathRegexp(`^/web/data.*`)", "/web/database", true),
        ] {
            let request = Request::from_url("GET", &format!("http://h{path}")).unwrap();
            assert_eq!(parse_rule(text).unwrap().holds(&request, path), wanted, "{text}");
        }
        assert!(parse_rule("Host(`a`").is_none() && parse_rule("").is_none() && parse_rule(&"!".repeat(500)).is_none());
    }
}
