//! Caddy: a site's routes, sorted as Caddy sorts its directives, first one that ends the request wins.
//!
//! A Caddyfile and Caddy's JSON become the same routes. Sources: Caddy documentation, "Caddyfile Directives" (order),
//! "Request Matchers", "Automatic HTTPS", `reverse_proxy`.

mod expression;
mod matcher;

use self::matcher::{Groups, Matcher, Part, pattern, wildcard};
use super::{
    Answer, HeaderSet, Listen, Outcome, RateLimit, Request, Tls, VirtualSite, host_port, normalise_path, seconds, size,
    tidy,
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
    Change(Change),
    Inside(Vec<Route>),
    Other,
}

/// Caddy's own order of directives.
const ORDER: [&str; 27] = [
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
                let matcher = Matcher::from_json(route.get("match"));
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
        candidates.sort_by_key(|(_, address)| {
            std::cmp::Reverse((!address.host.is_empty(), !address.host.contains('*'), address.host.len()))
        });
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
        let mut state = State::new(request);
        if !run(&site.routes, request, &mut state, &mut answer, 0) {
            answer.step(None, "no route ends the request");
            answer.respond(200);
        }
        answer
    }
}

/// The request as the routes have changed it so far.
struct State {
    /// Decoded and tidied, as matchers see it.
    path: String,
    /// As it goes on to the server behind.
    raw: String,
    query: Option<String>,
    groups: Groups,
}

impl State {
    fn new(request: &Request) -> Self {
        Self {
            path: normalise_path(request.path()),
            raw: request.path().to_owned(),
            query: request.target.split_once('?').map(|(_, query)| query.to_owned()),
            groups: Vec::new(),
        }
    }

    fn target(&self) -> String {
        self.query.as_ref().map_or_else(|| self.raw.clone(), |query| format!("{}?{query}", self.raw))
    }

    fn set_path(&mut self, path: &str) {
        self.path = normalise_path(path);
        self.raw = path.to_owned();
    }

    /// The value of a placeholder; `None` when it is not known here.
    fn placeholder(&self, name: &str, request: &Request) -> Option<String> {
        let name = name.strip_prefix("http.request.").unwrap_or(name);
        let standard = if request.scheme == "https" { 443 } else { 80 };
        Some(match name {
            "host" => request.host.clone(),
            "hostport" if request.port == standard => request.host.clone(),
            "hostport" => format!("{}:{}", request.host, request.port),
            "port" => request.port.to_string(),
            "uri" | "orig_uri" => self.target(),
            "path" | "uri.path" | "orig_path" => self.path.clone(),
            "query" | "uri.query" => self.query.clone().unwrap_or_default(),
            "?query" | "uri.prefixed_query" => self.query.as_ref().map_or(String::new(), |query| format!("?{query}")),
            "method" => request.method.clone(),
            "scheme" => request.scheme.clone(),
            "remote_host" | "client_ip" | "remote" => request.from.to_string(),
            name => {
                if let Some(header) = name.strip_prefix("header.") {
                    return Some(request.header(&header.to_lowercase()).unwrap_or("").to_owned());
                }
                let (group, index) = name
                    .strip_prefix("re.")
                    .or_else(|| name.strip_prefix("regexp."))?
                    .rsplit_once('.')
                    .map_or_else(|| ("", name.rsplit('.').next().unwrap_or("")), |(group, index)| (group, index));
                let (_, values) = self.groups.iter().rev().find(|(name, _)| group.is_empty() || name == group)?;
                values.get(index.parse::<usize>().ok()?)?.clone()
            }
        })
    }

    /// Puts in the placeholders that are known.
    fn fill(&self, text: &str, request: &Request) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            match after.split_once('}') {
                Some((name, behind)) => {
                    match self.placeholder(
                        name.strip_prefix("http.").filter(|name| name.starts_with("regexp.")).unwrap_or(name),
                        request,
                    ) {
                        Some(value) => out.push_str(&value),
                        None => out.push_str(&format!("{{{name}}}")),
                    }
                    rest = behind;
                }
                None => {
                    out.push('{');
                    rest = after;
                }
            }
        }
        out.push_str(rest);
        out
    }
}

/// Runs routes in order. `true` when one ended the request.
fn run(routes: &[Route], request: &Request, state: &mut State, answer: &mut Answer, depth: usize) -> bool {
    // The first `handle` is taken, and the first `rewrite`.
    let mut taken = [false; 2];
    for route in routes {
        let kind = usize::from(matches!(route.handler, Handler::Change(_)));
        if depth > 16 || (route.exclusive && taken.get(kind) == Some(&true)) {
            continue;
        }
        let mut groups = Vec::new();
        match route.matcher.holds(request, state, &mut groups) {
            Some(true) => state.groups.extend(groups),
            Some(false) => continue,
            None if matches!(
                route.handler,
                Handler::Header(_) | Handler::BodyLimit(_) | Handler::RateLimit | Handler::Other
            ) =>
            {
                continue;
            }
            None => {
                answer.step(Some(route.site), "a matcher that cannot be told");
                answer.outcome = Outcome::Unknown { reason: "whether a matcher holds".into() };
                return true;
            }
        }
        if let Some(taken) = taken.get_mut(kind) {
            *taken |= route.exclusive;
        }
        match &route.handler {
            Handler::Respond { status, location } => {
                answer.step(
                    Some(route.site),
                    location.as_ref().map_or_else(|| format!("respond {status}"), |to| format!("redirect to {to}")),
                );
                let location = location.as_ref().map(|to| state.fill(to, request));
                answer.outcome = Outcome::Respond { status: *status, location };
                return true;
            }
            Handler::Proxy { servers, timeout, removed } => {
                answer.step(Some(route.site), format!("reverse_proxy {}", servers.join(" ")));
                answer.read_timeout = *timeout;
                answer.forwarded.extend(removed.iter().cloned());
                answer.outcome = Outcome::Proxy {
                    upstream: servers.first().cloned().unwrap_or_default(),
                    servers: servers.iter().map(|server| host_port(server)).collect(),
                    path: state.target(),
                };
                return true;
            }
            Handler::Files => {
                answer.step(Some(route.site), "file_server");
                answer.outcome = Outcome::File { path: state.path.clone() };
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
            Handler::Change(change) => change.apply(state, request),
            Handler::Inside(inner) => {
                if run(inner, request, state, answer, depth + 1) {
                    return true;
                }
            }
            Handler::Other => {}
        }
    }
    false
}

/// What `rewrite`, `uri` and `handle_path` do to the path.
enum Change {
    To(String),
    StripPrefix(String),
    StripSuffix(String),
    Replace(String, String),
    Pattern(String, String),
}

impl Change {
    fn apply(&self, state: &mut State, request: &Request) {
        match self {
            Self::To(target) => {
                let target = state.fill(target, request);
                match target.split_once('?') {
                    Some((path, query)) => {
                        if !path.is_empty() {
                            state.set_path(path);
                        }
                        state.query = (!query.is_empty()).then(|| query.to_owned());
                    }
                    None => state.set_path(&target),
                }
            }
            Self::StripPrefix(prefix) => {
                if let Some(rest) = state.path.strip_prefix(prefix.as_str()).map(str::to_owned) {
                    state.set_path(&if rest.starts_with('/') { rest } else { format!("/{rest}") });
                }
            }
            Self::StripSuffix(suffix) => {
                state.raw = tidy(&state.raw);
                if let Some(rest) = state.path.strip_suffix(suffix.as_str()).map(str::to_owned) {
                    state.set_path(&rest);
                }
            }
            Self::Replace(from, to) => {
                state.raw = tidy(&state.raw);
                if state.path.contains(from.as_str()) {
                    let path = state.path.replace(from.as_str(), &state.fill(to, request));
                    state.set_path(&path);
                }
            }
            Self::Pattern(from, to) => {
                if let Some(pattern) = pattern(from).filter(|pattern| pattern.is_match(&state.path)) {
                    let path = pattern.replace_all(&state.path, to.as_str()).into_owned();
                    state.set_path(&path);
                }
            }
        }
    }
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
                let mut lines = snippet.children().to_vec();
                for line in &mut lines {
                    with_arguments(line, directive.arguments.get(1..).unwrap_or(&[]));
                }
                out.extend(imports(lines, snippets, depth + 1));
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

/// Puts the arguments of `import` into a line of the snippet: `{args[0]}`, `{args.0}`.
fn with_arguments(line: &mut Directive, arguments: &[Word]) {
    let words = std::iter::once(&mut line.name).chain(&mut line.arguments);
    for word in words.filter(|word| word.text.contains("{args")) {
        for (index, argument) in arguments.iter().enumerate() {
            word.text = word
                .text
                .replace(&format!("{{args[{index}]}}"), &argument.text)
                .replace(&format!("{{args.{index}}}"), &argument.text);
        }
    }
    for child in line.block.iter_mut().flatten() {
        with_arguments(child, arguments);
    }
}

fn routes(body: &[Directive], sorted: bool, depth: usize, outer: &[(String, Matcher)]) -> Vec<Route> {
    if depth > 16 {
        return Vec::new();
    }
    // Names of the blocks around it count inside too.
    let own = body
        .iter()
        .filter(|one| one.name.text.starts_with('@'))
        .map(|one| (one.name.text.clone(), Matcher::named(one)));
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
                "rewrite" => directive.arguments.len() > 1,
                other => !matches!(other, "root" | "try_files"),
            }
        {
            let matcher = Matcher { parts: vec![Part::Path(vec![first.to_owned()])], specificity: first.len() };
            (matcher, directive.arguments.get(1..).unwrap_or(&[]))
        } else {
            (Matcher::default(), &directive.arguments)
        };
        // The two are one group.
        let sorted_as = if name == "handle_path" { "handle" } else { name };
        let rank = ORDER.iter().position(|known| *known == sorted_as).unwrap_or(ORDER.len());
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
            "rewrite" => push(Handler::Change(Change::To(word(0).to_owned())), true),
            "uri" => {
                let change = match word(0) {
                    "strip_prefix" => Some(Change::StripPrefix(word(1).to_owned())),
                    "strip_suffix" => Some(Change::StripSuffix(word(1).to_owned())),
                    "replace" => Some(Change::Replace(word(1).to_owned(), word(2).to_owned())),
                    "path_regexp" => Some(Change::Pattern(word(1).to_owned(), word(2).to_owned())),
                    _ => None,
                };
                push(change.map_or(Handler::Other, Handler::Change), false);
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
                            handler: Handler::Change(Change::StripPrefix(prefix)),
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
                    let handlers = json_handlers(route.get("handle"), Matcher::default());
                    inner.push(Route {
                        matcher: Matcher::from_json(route.get("match")),
                        handler: Handler::Inside(handlers),
                        site: route.site,
                        rank: 0,
                        exclusive: route.get("group").is_some(),
                    });
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
