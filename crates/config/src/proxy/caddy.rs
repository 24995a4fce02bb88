//! Caddy: a site's routes, sorted as Caddy sorts its directives, first one that ends the request wins.
//!
//! A Caddyfile and Caddy's JSON become the same routes. Sources: Caddy documentation, "Caddyfile Directives" (order),
//! "Request Matchers", "Automatic HTTPS", `reverse_proxy`.

use ipnet::IpNet;
use regex::Regex;

use super::{
    Answer, HeaderSet, Listen, Outcome, RateLimit, Request, Tls, VirtualSite, host_port, normalise_path, seconds, size,
};
use crate::read::Directive;
use crate::read::tree::Node;
use crate::source::{Site, Word};

/// Caddy's configuration.
pub struct Caddy {
    sites: Vec<CaddySite>,
}

struct CaddySite {
    addresses: Vec<Address>,
    routes: Vec<Route>,
    protocols: Option<(Vec<String>, Site)>,
    site: Site,
}

#[derive(Clone)]
struct Address {
    host: String,
    port: u16,
    tls: bool,
    /// Plain HTTP is redirected by Caddy itself.
    redirects: bool,
}

struct Route {
    matcher: Matcher,
    handler: Handler,
    site: Site,
    rank: usize,
    /// Only the first of a group is taken.
    exclusive: bool,
}

enum Handler {
    Respond { status: u16, location: Option<String> },
    Proxy { servers: Vec<String>, timeout: Option<u64>, removed: Vec<HeaderSet> },
    Files,
    Header(HeaderSet),
    BodyLimit(u64),
    RateLimit,
    Asks,
    Strip(String),
    Inside(Vec<Route>),
    Other,
}

/// All parts must hold; a part holds when one of its values does.
#[derive(Clone, Default)]
struct Matcher {
    parts: Vec<Part>,
    /// Length of the longest path, for sorting.
    specificity: usize,
}

#[derive(Clone)]
enum Part {
    Path(Vec<String>),
    Pattern(Option<Regex>),
    Host(Vec<String>),
    Method(Vec<String>),
    Address(Vec<String>),
    Header(String, String),
    Protocol(String),
    Not(Vec<Matcher>),
    Unknown,
}

/// Caddy's own order of directives.
const ORDER: [&str; 28] = [
    "map",
    "vars",
    "root",
    "log",
    "header",
    "request_body",
    "rate_limit",
    "redir",
    "method",
    "rewrite",
    "uri",
    "try_files",
    "basicauth",
    "basic_auth",
    "forward_auth",
    "request_header",
    "encode",
    "templates",
    "handle",
    "handle_path",
    "route",
    "abort",
    "error",
    "respond",
    "metrics",
    "reverse_proxy",
    "php_fastcgi",
    "file_server",
];

impl Caddy {
    /// From the lines of a Caddyfile.
    #[must_use]
    pub fn from_caddyfile(directives: &[Directive]) -> Option<Self> {
        let snippets: Vec<&Directive> =
            directives.iter().filter(|one| one.name.text.starts_with('(') && one.block.is_some()).collect();
        let auto_off = directives.iter().find(|one| one.name.text.is_empty()).is_some_and(|options| {
            options.named("auto_https").any(|one| matches!(one.argument(0), "off" | "disable_redirects"))
        });
        let mut sites = Vec::new();
        let plain =
            directives.iter().any(|one| one.block.is_none() && !one.name.text.is_empty() && one.name.text != "import");
        if plain && !directives.iter().any(|one| one.block.is_some() && !one.name.text.starts_with('(')) {
            // One site without braces: the first line is its address.
            let (first, rest) = directives.split_first()?;
            let words: Vec<&Word> = std::iter::once(&first.name).chain(&first.arguments).collect();
            sites.push(site(&words, rest.to_vec(), &snippets, auto_off, first.site));
        }
        for block in directives.iter().filter(|one| one.block.is_some()) {
            if block.name.text.is_empty() || block.name.text.starts_with('(') || block.name.text.starts_with('&') {
                continue;
            }
            let words: Vec<&Word> = std::iter::once(&block.name).chain(&block.arguments).collect();
            sites.push(site(&words, block.children().to_vec(), &snippets, auto_off, block.site));
        }
        (!sites.is_empty()).then_some(Self { sites })
    }

    /// From Caddy's JSON.
    #[must_use]
    pub fn from_json(root: &Node) -> Option<Self> {
        let servers = root.at(&["apps", "http", "servers"])?;
        let mut sites = Vec::new();
        for (name, server) in servers.entries() {
            let ports: Vec<u16> = server
                .get("listen")
                .map(Node::words)
                .unwrap_or_default()
                .iter()
                .filter_map(|word| word.text.rsplit(':').next()?.parse().ok())
                .collect();
            for route in server.get("routes").map(Node::items).unwrap_or_default() {
                let matcher = json_matcher(route.get("match"));
                let hosts: Vec<String> = matcher
                    .parts
                    .iter()
                    .flat_map(|part| if let Part::Host(hosts) = part { hosts.clone() } else { Vec::new() })
                    .collect();
                let addresses = ports
                    .iter()
                    .flat_map(|port| {
                        let names = if hosts.is_empty() { vec![String::new()] } else { hosts.clone() };
                        let tls = *port != 80
                            && server.at(&["automatic_https", "disable"]).and_then(Node::truth) != Some(true);
                        names
                            .into_iter()
                            .map(move |host| Address { host, port: *port, tls, redirects: tls })
                            .collect::<Vec<_>>()
                    })
                    .collect();
                let inside = json_handlers(route.get("handle"), matcher);
                sites.push(CaddySite { addresses, routes: inside, protocols: None, site: name.site });
            }
        }
        (!sites.is_empty()).then_some(Self { sites })
    }

    pub(super) fn sites(&self) -> Vec<VirtualSite> {
        self.sites
            .iter()
            .map(|site| VirtualSite {
                names: site
                    .addresses
                    .iter()
                    .map(|address| address.host.clone())
                    .filter(|host| !host.is_empty())
                    .collect(),
                listens: site
                    .addresses
                    .iter()
                    .map(|address| Listen { address: None, port: address.port, tls: address.tls, site: site.site })
                    .collect(),
                tls: Tls { protocols: site.protocols.clone(), ciphers: None, keys: Vec::new() },
                is_default: site.addresses.iter().any(|address| address.host.is_empty()),
                site: site.site,
            })
            .collect()
    }

    /// What a request meets.
    #[must_use]
    pub fn answer(&self, request: &Request) -> Answer {
        let mut answer = Answer::new();
        let fits = |address: &Address| {
            address.port == request.port && (address.host.is_empty() || wildcard(&address.host, &request.host))
        };
        let mut candidates: Vec<(&CaddySite, &Address)> = self
            .sites
            .iter()
            .flat_map(|site| site.addresses.iter().map(move |address| (site, address)))
            .filter(|(_, address)| fits(address))
            .collect();
        candidates.sort_by_key(|(_, address)| std::cmp::Reverse((!address.host.contains('*'), address.host.len())));
        let Some((site, address)) = candidates.first() else {
            let redirected = self.sites.iter().find(|site| {
                site.addresses.iter().any(|address| {
                    address.redirects
                        && request.port == 80
                        && (address.host.is_empty() || wildcard(&address.host, &request.host))
                })
            });
            if let Some(site) = redirected {
                answer.step(Some(site.site), "automatic HTTPS redirects plain HTTP");
                let location = format!("https://{}{}", request.host, request.target);
                answer.outcome = Outcome::Respond { status: 308, location: Some(location) };
            } else {
                answer.outcome =
                    Outcome::Unknown { reason: format!("no site {} on port {}", request.host, request.port) };
            }
            return answer;
        };
        if address.tls != (request.scheme == "https") {
            answer.respond(400);
            return answer;
        }
        answer.step(
            Some(site.site),
            format!("site {}", if address.host.is_empty() { "for every name" } else { &address.host }),
        );
        answer.forwards_by_itself = true;
        answer.upgrades = true;
        answer.body_limit = Some(0);
        let mut path = normalise_path(request.path());
        if !run(&site.routes, request, &mut path, &mut answer, 0) {
            answer.step(None, "no route ends the request");
            answer.respond(200);
        }
        answer
    }
}

/// Runs routes in order. `true` when one ended the request.
fn run(routes: &[Route], request: &Request, path: &mut String, answer: &mut Answer, depth: usize) -> bool {
    let mut taken = false;
    for route in routes {
        if depth > 16 || (route.exclusive && taken) || !route.matcher.holds(request, path) {
            continue;
        }
        taken |= route.exclusive;
        match &route.handler {
            Handler::Respond { status, location } => {
                answer.step(
                    Some(route.site),
                    location.as_ref().map_or_else(|| format!("respond {status}"), |to| format!("redirect to {to}")),
                );
                let location = location.as_ref().map(|to| {
                    to.replace("{host}", &request.host)
                        .replace("{http.request.host}", &request.host)
                        .replace("{uri}", &request.target)
                        .replace("{http.request.uri}", &request.target)
                });
                answer.outcome = Outcome::Respond { status: *status, location };
                return true;
            }
            Handler::Proxy { servers, timeout, removed } => {
                answer.step(Some(route.site), format!("reverse_proxy {}", servers.join(" ")));
                answer.read_timeout = *timeout;
                answer.forwarded.extend(removed.iter().cloned());
                let query = request.target.split_once('?').map_or(String::new(), |(_, query)| format!("?{query}"));
                answer.outcome = Outcome::Proxy {
                    upstream: servers.first().cloned().unwrap_or_default(),
                    servers: servers.iter().map(|server| host_port(server)).collect(),
                    path: format!("{path}{query}"),
                };
                return true;
            }
            Handler::Files => {
                answer.step(Some(route.site), "file_server");
                answer.outcome = Outcome::File { path: path.clone() };
                return true;
            }
            Handler::Header(header) => {
                if header.name.eq_ignore_ascii_case("set-cookie") && header.value.to_lowercase().contains("secure") {
                    answer.secures_cookies = true;
                }
                answer.headers.push(header.clone());
            }
            Handler::BodyLimit(limit) => answer.body_limit = Some(*limit),
            Handler::RateLimit => answer.limits.push(RateLimit { per_second: None, by_client: true, site: route.site }),
            Handler::Asks => {
                answer.step(Some(route.site), "a password or another service is asked first");
                answer.asks = Some(route.site);
            }
            Handler::Strip(prefix) => {
                if let Some(rest) = path.strip_prefix(prefix.as_str()) {
                    *path = if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") };
                }
            }
            Handler::Inside(inner) => {
                if run(inner, request, path, answer, depth + 1) {
                    return true;
                }
            }
            Handler::Other => {}
        }
    }
    false
}

impl Matcher {
    fn holds(&self, request: &Request, path: &str) -> bool {
        self.parts.iter().all(|part| match part {
            Part::Path(paths) => paths.iter().any(|pattern| path_matches(pattern, path)),
            Part::Pattern(pattern) => pattern.as_ref().is_some_and(|pattern| pattern.is_match(path)),
            Part::Host(hosts) => hosts.iter().any(|host| wildcard(host, &request.host)),
            Part::Method(methods) => methods.iter().any(|method| method.eq_ignore_ascii_case(&request.method)),
            Part::Address(networks) => networks.iter().any(|network| match network.as_str() {
                "private_ranges" => is_private(request),
                text => text
                    .parse::<IpNet>()
                    .map_or_else(|_| text.parse() == Ok(request.from), |network| network.contains(&request.from)),
            }),
            Part::Header(name, value) => {
                request.header(name).is_some_and(|sent| value == "*" || sent.eq_ignore_ascii_case(value))
            }
            Part::Protocol(scheme) => request.scheme == *scheme,
            Part::Not(inner) => !inner.iter().any(|matcher| matcher.holds(request, path)),
            Part::Unknown => false,
        })
    }
}

fn is_private(request: &Request) -> bool {
    match request.from {
        std::net::IpAddr::V4(address) => address.is_private() || address.is_loopback(),
        std::net::IpAddr::V6(address) => address.is_loopback() || address.is_unique_local(),
    }
}

/// Caddy compares paths without case; `*` stands at the ends or in the middle.
fn path_matches(pattern: &str, path: &str) -> bool {
    let pattern = pattern.to_lowercase();
    let path = path.to_lowercase();
    let middle = pattern.trim_matches('*');
    match (pattern.starts_with('*'), pattern.ends_with('*')) {
        (true, true) => path.contains(middle),
        (true, false) => path.ends_with(middle),
        (false, true) => path.starts_with(middle),
        (false, false) if pattern.contains('*') => globset::GlobBuilder::new(&pattern)
            .literal_separator(true)
            .build()
            .is_ok_and(|glob| glob.compile_matcher().is_match(&path)),
        (false, false) => path == pattern,
    }
}

fn wildcard(pattern: &str, host: &str) -> bool {
    if let Some(rest) = pattern.strip_prefix("*.") {
        return host.split_once('.').is_some_and(|(_, parent)| parent == rest);
    }
    pattern == "*" || pattern == host
}

fn address(text: &str, auto_off: bool) -> Address {
    let text = text.trim_end_matches(',');
    let (scheme, rest) = text.split_once("://").map_or(("", text), |(scheme, rest)| (scheme, rest));
    let authority = rest.split('/').next().unwrap_or(rest);
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if port.chars().all(|char| char.is_ascii_digit()) => (host, port.parse().ok()),
        _ => (authority, None),
    };
    let tls = match (scheme, port) {
        ("http", _) => false,
        ("https", _) => true,
        (_, Some(80)) => false,
        (_, Some(443)) => true,
        (_, Some(_)) => !host.is_empty(),
        (_, None) => !host.is_empty(),
    };
    let port = port.unwrap_or(if tls { 443 } else { 80 });
    Address { host: host.to_lowercase(), port, tls, redirects: tls && !auto_off && port == 443 && !host.is_empty() }
}

fn site(words: &[&Word], body: Vec<Directive>, snippets: &[&Directive], auto_off: bool, place: Site) -> CaddySite {
    let addresses = words.iter().map(|word| address(&word.text, auto_off)).collect();
    let body = imports(body, snippets, 0);
    let protocols = body.iter().filter(|one| one.name.text == "tls").find_map(|tls| {
        let directive = tls.named("protocols").next()?;
        let names = ["tls1.0", "tls1.1", "tls1.2", "tls1.3"];
        let from = names.iter().position(|name| *name == directive.argument(0))?;
        let to = names.iter().position(|name| *name == directive.argument(1)).unwrap_or(3);
        let shown = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
        Some((shown.get(from..=to)?.iter().map(|name| (*name).to_owned()).collect(), directive.site))
    });
    CaddySite { addresses, routes: routes(&body, true, 0, &[]), protocols, site: place }
}

fn imports(body: Vec<Directive>, snippets: &[&Directive], depth: usize) -> Vec<Directive> {
    let mut out = Vec::new();
    for mut directive in body {
        if directive.name.text == "import" && depth < 8 {
            let name = format!("({})", directive.argument(0));
            if let Some(snippet) = snippets.iter().find(|snippet| snippet.name.text == name) {
                out.extend(imports(snippet.children().to_vec(), snippets, depth + 1));
                continue;
            }
        }
        if let Some(block) = directive.block.take() {
            directive.block = Some(imports(block, snippets, depth + 1));
        }
        out.push(directive);
    }
    out
}

fn routes(body: &[Directive], sorted: bool, depth: usize, outer: &[(String, Matcher)]) -> Vec<Route> {
    if depth > 16 {
        return Vec::new();
    }
    // Names of the blocks around it count inside too.
    let own =
        body.iter().filter(|one| one.name.text.starts_with('@')).map(|one| (one.name.text.clone(), named_matcher(one)));
    let named: Vec<(String, Matcher)> = own.chain(outer.iter().cloned()).collect();
    let mut routes: Vec<Route> = Vec::new();
    for directive in body {
        let name = directive.name.text.as_str();
        if name.starts_with('@') || matches!(name, "tls" | "bind" | "import") {
            continue;
        }
        let first = directive.argument(0);
        let (matcher, arguments): (Matcher, &[Word]) = if first.starts_with('@') {
            let found = named.iter().find(|(other, _)| other == first).map(|(_, matcher)| matcher.clone());
            (
                found.unwrap_or(Matcher { parts: vec![Part::Unknown], specificity: 0 }),
                directive.arguments.get(1..).unwrap_or(&[]),
            )
        } else if first == "*" {
            (Matcher::default(), directive.arguments.get(1..).unwrap_or(&[]))
        } else if first.starts_with('/')
            && match name {
                "redir" => directive.argument(1).contains('/'),
                other => !matches!(other, "root" | "rewrite" | "try_files"),
            }
        {
            let matcher = Matcher { parts: vec![Part::Path(vec![first.to_owned()])], specificity: first.len() };
            (matcher, directive.arguments.get(1..).unwrap_or(&[]))
        } else {
            (Matcher::default(), &directive.arguments)
        };
        let rank = ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len());
        let word = |index: usize| arguments.get(index).map_or("", |word| word.text.as_str());
        let mut push = |handler: Handler, exclusive: bool| {
            routes.push(Route { matcher: matcher.clone(), handler, site: directive.site, rank, exclusive });
        };
        match name {
            "respond" | "error" => {
                let status = arguments.iter().find_map(|word| word.text.parse().ok()).unwrap_or(200);
                push(Handler::Respond { status, location: None }, false);
            }
            "abort" => push(Handler::Respond { status: 444, location: None }, false),
            "redir" => {
                let status = match word(1) {
                    "permanent" => 301,
                    "temporary" | "" => 302,
                    other => other.parse().unwrap_or(302),
                };
                push(Handler::Respond { status, location: Some(word(0).to_owned()) }, false);
            }
            "reverse_proxy" => {
                let mut servers: Vec<String> = arguments.iter().map(|word| word.text.clone()).collect();
                servers.extend(directive.named("to").flat_map(|to| to.arguments.iter().map(|word| word.text.clone())));
                let timeout = directive
                    .named("transport")
                    .flat_map(|transport| transport.children())
                    .find(|one| matches!(one.name.text.as_str(), "read_timeout" | "response_header_timeout"))
                    .and_then(|one| seconds(one.argument(0)));
                let set = directive.named("header_up").map(|header| HeaderSet {
                    name: header.argument(0).trim_start_matches(['-', '+']).to_owned(),
                    value: if header.argument(0).starts_with('-') {
                        String::new()
                    } else {
                        header.argument(1).to_owned()
                    },
                    always: true,
                    site: header.site,
                });
                for header in directive.named("header_down") {
                    push(Handler::Header(header_of(&header.arguments, header.site)), false);
                }
                push(Handler::Proxy { servers, timeout, removed: set.collect() }, false);
            }
            "header" => {
                if directive.block.is_some() {
                    for line in directive.children() {
                        let words: Vec<Word> =
                            std::iter::once(line.name.clone()).chain(line.arguments.iter().cloned()).collect();
                        push(Handler::Header(header_of(&words, line.site)), false);
                    }
                } else {
                    push(Handler::Header(header_of(arguments, directive.site)), false);
                }
            }
            "request_body" => {
                let limit = directive.named("max_size").find_map(|one| size(one.argument(0)));
                push(limit.map_or(Handler::Other, Handler::BodyLimit), false);
            }
            "rate_limit" => push(Handler::RateLimit, false),
            "basicauth" | "basic_auth" | "forward_auth" | "authenticate" | "authorize" => push(Handler::Asks, false),
            "file_server" => push(Handler::Files, false),
            "handle" | "route" | "handle_path" => {
                let mut inner = self::routes(directive.children(), name != "route", depth + 1, &named);
                if name == "handle_path" {
                    let prefix = first.trim_end_matches('*').trim_end_matches('/').to_owned();
                    inner.insert(
                        0,
                        Route {
                            matcher: Matcher::default(),
                            handler: Handler::Strip(prefix),
                            site: directive.site,
                            rank: 0,
                            exclusive: false,
                        },
                    );
                }
                push(Handler::Inside(inner), name != "route");
            }
            _ => push(Handler::Other, false),
        }
    }
    if sorted {
        routes.sort_by_key(|route| (route.rank, std::cmp::Reverse(route.matcher.specificity)));
    }
    routes
}

fn header_of(words: &[Word], site: Site) -> HeaderSet {
    let name = words.first().map_or("", |word| word.text.as_str());
    let value = words.get(2).or_else(|| words.get(1)).map_or("", |word| word.text.as_str());
    let removed = name.starts_with('-');
    HeaderSet {
        name: name.trim_start_matches(['-', '+', '?', '>']).to_owned(),
        value: if removed { String::new() } else { value.to_owned() },
        always: true,
        site,
    }
}

fn named_matcher(directive: &Directive) -> Matcher {
    let mut matcher = Matcher::default();
    if let Some((first, rest)) = directive.arguments.split_first() {
        add_part(&mut matcher, &first.text, rest, &[]);
    }
    for line in directive.children() {
        add_part(&mut matcher, &line.name.text, &line.arguments, line.children());
    }
    matcher
}

fn add_part(matcher: &mut Matcher, name: &str, words: &[Word], children: &[Directive]) {
    let texts: Vec<String> = words.iter().map(|word| word.text.clone()).collect();
    let part = match name {
        "path" => {
            matcher.specificity = texts.iter().map(String::len).max().unwrap_or(0);
            let known =
                matcher.parts.iter_mut().find_map(|part| if let Part::Path(paths) = part { Some(paths) } else { None });
            if let Some(paths) = known {
                paths.extend(texts);
                return;
            }
            Part::Path(texts)
        }
        "path_regexp" => Part::Pattern(texts.last().and_then(|text| Regex::new(text).ok())),
        "host" => Part::Host(texts),
        "method" => Part::Method(texts),
        "remote_ip" | "client_ip" => Part::Address(texts.into_iter().filter(|text| text != "forwarded").collect()),
        "header" => Part::Header(
            texts.first().cloned().unwrap_or_default().to_lowercase(),
            texts.get(1).cloned().unwrap_or("*".into()),
        ),
        "protocol" => Part::Protocol(texts.first().cloned().unwrap_or_default()),
        "not" => {
            let mut inner = Matcher::default();
            if let Some((first, rest)) = words.split_first() {
                add_part(&mut inner, &first.text, rest, &[]);
            }
            for child in children {
                add_part(&mut inner, &child.name.text, &child.arguments, child.children());
            }
            Part::Not(vec![inner])
        }
        _ => Part::Unknown,
    };
    matcher.parts.push(part);
}

fn json_matcher(node: Option<&Node>) -> Matcher {
    // Several sets of matchers are alternatives; the first set is read.
    let Some(set) = node.and_then(|node| node.items().first()) else { return Matcher::default() };
    let mut matcher = Matcher::default();
    for (key, value) in set.entries() {
        let words = value.words();
        match key.text.as_str() {
            "remote_ip" | "client_ip" => {
                let ranges = value.get("ranges").map(Node::words).unwrap_or_default();
                add_part(&mut matcher, "remote_ip", &ranges, &[]);
            }
            "path_regexp" => {
                let pattern = value.get("pattern").map(Node::words).unwrap_or_default();
                add_part(&mut matcher, "path_regexp", &pattern, &[]);
            }
            "not" => {
                let inner = value.items().iter().map(|_| json_matcher(Some(value))).next().unwrap_or_default();
                matcher.parts.push(Part::Not(vec![inner]));
            }
            name => add_part(&mut matcher, name, &words, &[]),
        }
    }
    matcher
}

fn json_handlers(node: Option<&Node>, matcher: Matcher) -> Vec<Route> {
    let mut routes = Vec::new();
    for handler in node.map(Node::items).unwrap_or_default() {
        let text = |key: &str| handler.get(key).and_then(Node::text);
        let parsed = match text("handler").unwrap_or_default() {
            "static_response" => {
                let status = text("status_code").and_then(|code| code.parse().ok()).unwrap_or(200);
                let location = handler
                    .at(&["headers", "Location"])
                    .and_then(|node| node.words().first().map(|word| word.text.clone()));
                if text("abort") == Some("true") {
                    Handler::Respond { status: 444, location: None }
                } else {
                    Handler::Respond { status, location }
                }
            }
            "reverse_proxy" => Handler::Proxy {
                servers: handler
                    .get("upstreams")
                    .map(Node::items)
                    .unwrap_or_default()
                    .iter()
                    .filter_map(|upstream| upstream.get("dial").and_then(Node::text).map(str::to_owned))
                    .collect(),
                timeout: None,
                removed: Vec::new(),
            },
            "subroute" => {
                let mut inner = Vec::new();
                for route in handler.get("routes").map(Node::items).unwrap_or_default() {
                    inner.extend(json_handlers(route.get("handle"), json_matcher(route.get("match"))));
                }
                Handler::Inside(inner)
            }
            "headers" => {
                for (name, value) in handler.at(&["response", "set"]).map(Node::entries).unwrap_or_default() {
                    routes.push(Route {
                        matcher: matcher.clone(),
                        handler: Handler::Header(HeaderSet {
                            name: name.text.clone(),
                            value: value.words().first().map_or(String::new(), |word| word.text.clone()),
                            always: true,
                            site: name.site,
                        }),
                        site: name.site,
                        rank: 0,
                        exclusive: false,
                    });
                }
                Handler::Other
            }
            "request_body" => {
                text("max_size").and_then(|limit| limit.parse().ok()).map_or(Handler::Other, Handler::BodyLimit)
            }
            "rate_limit" => Handler::RateLimit,
            "authentication" => Handler::Asks,
            "file_server" => Handler::Files,
            "error" => Handler::Respond {
                status: text("status_code").and_then(|code| code.parse().ok()).unwrap_or(500),
                location: None,
            },
            _ => Handler::Other,
        };
        routes.push(Route { matcher: matcher.clone(), handler: parsed, site: handler.site, rank: 0, exclusive: false });
    }
    routes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn caddy(text: &str) -> Caddy {
        let (directives, problems) = crate::read::caddyfile::parse(FileId(0), text);
        assert!(problems.is_empty(), "{problems:?}");
        Caddy::from_caddyfile(&directives).unwrap()
    }

    fn answer(text: &str, url: &str) -> String {
        caddy(text).answer(&Request::from_url("GET", url).unwrap()).summary()
    }

    const SITE: &str = "(safe) {\n @db path /web/database /web/database/*\n respond @db 403\n}\nerp.example.com {\n import safe\n @rpc {\n  path /xmlrpc/* /jsonrpc\n  not remote_ip 10.0.0.0/8\n }\n respond @rpc 403\n reverse_proxy /websocket 127.0.0.1:8072\n reverse_proxy 127.0.0.1:8069\n}\n";

    #[test]
    fn directives_are_sorted_and_the_first_that_ends_wins() {
        assert_eq!(answer(SITE, "https://erp.example.com/web/database/manager"), "403 by the proxy itself");
        assert_eq!(answer(SITE, "https://erp.example.com/xmlrpc/2/common"), "403 by the proxy itself");
        assert_eq!(
            answer(SITE, "https://erp.example.com/web/login"),
            "passed on to 127.0.0.1:8069, which sees /web/login"
        );
        assert_eq!(
            answer(SITE, "https://erp.example.com/websocket"),
            "passed on to 127.0.0.1:8072, which sees /websocket"
        );
        assert_eq!(answer(SITE, "http://erp.example.com/x"), "308, to https://erp.example.com/x");
    }

    #[test]
    fn handles_exclude_each_other() {
        let text = "erp.example.com {\n handle /web/database* {\n  error 403\n }\n handle {\n  reverse_proxy odoo:8069\n }\n}\n";
        assert_eq!(answer(text, "https://erp.example.com/web/database/x"), "403 by the proxy itself");
        assert_eq!(answer(text, "https://erp.example.com/web"), "passed on to odoo:8069, which sees /web");
    }

    #[test]
    fn json_is_read_too() {
        let text = r#"{"apps":{"http":{"servers":{"s":{"listen":[":443"],"routes":[{"match":[{"host":["erp.example.com"]}],"handle":[{"handler":"subroute","routes":[{"match":[{"path":["/web/database/*"]}],"handle":[{"handler":"static_response","status_code":403}]},{"handle":[{"handler":"reverse_proxy","upstreams":[{"dial":"127.0.0.1:8069"}]}]}]}]}]}}}}}"#;
        let (root, _) = crate::read::tree::yaml(FileId(0), text);
        let caddy = Caddy::from_json(&root.unwrap()).unwrap();
        let ask = |url: &str| caddy.answer(&Request::from_url("GET", url).unwrap()).summary();
        assert_eq!(ask("https://erp.example.com/web/database/manager"), "403 by the proxy itself");
        assert_eq!(ask("https://erp.example.com/web"), "passed on to 127.0.0.1:8069, which sees /web");
    }
}
