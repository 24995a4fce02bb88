//! nginx: which server, which location, which phase answers.
//!
//! Follows nginx's own order: server by address, port and name; server rewrite phase; location by exact name, longest prefix,
//! `^~`, regular expressions in order, nested ones inside; location rewrite phase, which may start over; limits; access
//! (`allow`, `deny`, `auth_basic`, `auth_request`); content. Sources: nginx documentation of the core, rewrite, access, limit_req and
//! proxy modules; `src/http/ngx_http_core_module.c`.

use std::collections::BTreeMap;
use std::net::IpAddr;

use castellan_model::Range;
use ipnet::IpNet;
use regex::Regex;
use rustc_hash::FxHashMap;

use super::{
    Answer, HeaderSet, Listen, Outcome, RateLimit, Request, Tls, VirtualSite, host_port, normalise_path,
    percent_decode, seconds, size,
};
use crate::read::Directive;
use crate::source::{FileId, Site};

/// How often a request may start over before nginx itself gives up.
const MAX_CYCLES: usize = 10;

/// nginx's whole configuration, includes in place.
pub struct Nginx {
    /// The `http` block.
    pub http: Directive,
    servers: Vec<Server>,
}

struct Server {
    index: usize,
    names: Vec<Name>,
    listens: Vec<(Listen, bool)>,
}

enum Name {
    Exact(String),
    Suffix(String),
    Prefix(String),
    Pattern(String, Option<Regex>),
}

/// Directives whose values are lists that a deeper level replaces as a whole.
const LISTS: [&str; 14] = [
    "add_header",
    "proxy_set_header",
    "allow",
    "deny",
    "limit_req",
    "limit_conn",
    "error_page",
    "proxy_hide_header",
    "proxy_cookie_flags",
    "proxy_cookie_path",
    "access_log",
    "set_real_ip_from",
    "add_trailer",
    "auth_request_set",
];

/// The blocks that hold a request, outermost first.
type Scope<'n> = Vec<&'n Directive>;

/// The value that counts for a directive: from the innermost block that has one.
#[must_use]
pub fn nearest<'n>(scope: &[&'n Directive], name: &str) -> Option<&'n Directive> {
    scope.iter().rev().find_map(|block| block.children().iter().rfind(|child| child.name.text == name))
}

/// The values that count for a directive that may be given several times: all of the innermost block that has any.
#[must_use]
pub fn nearest_all<'n>(scope: &[&'n Directive], name: &str) -> Vec<&'n Directive> {
    debug_assert!(LISTS.contains(&name));
    scope
        .iter()
        .rev()
        .map(|block| block.children().iter().filter(|child| child.name.text == name).collect::<Vec<_>>())
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

impl Nginx {
    /// From the directives of `nginx.conf` with its includes in place. Files with only an `http` part's content, as in
    /// `sites-available`, count too.
    #[must_use]
    pub fn new(directives: Vec<Directive>, file: FileId) -> Option<Self> {
        let site = Site { file, range: Range::new(0, 0) };
        let word = |text: &str| crate::source::Word { text: text.to_owned(), site };
        let mut http =
            Directive { name: word("http"), arguments: Vec::new(), block: Some(Vec::new()), site, whole: site };
        let mut found = false;
        for directive in directives {
            if directive.name.text == "http" {
                found = true;
                http.site = directive.site;
                http.whole = directive.whole;
                if let (Some(all), Some(mut more)) = (&mut http.block, directive.block) {
                    all.append(&mut more);
                }
            } else if matches!(directive.name.text.as_str(), "server" | "upstream" | "map" | "limit_req_zone" | "geo")
                && let Some(all) = &mut http.block
            {
                found |= directive.name.text == "server";
                all.push(directive);
            }
        }
        if !found {
            return None;
        }
        let servers = http
            .children()
            .iter()
            .enumerate()
            .filter(|(_, child)| child.name.text == "server" && child.block.is_some())
            .map(|(index, child)| Server { index, names: names(child), listens: listens(child) })
            .collect();
        Some(Self { http, servers })
    }

    /// The server blocks.
    pub fn server_blocks(&self) -> impl Iterator<Item = &Directive> {
        self.servers.iter().filter_map(|server| self.http.children().get(server.index))
    }

    pub(super) fn sites(&self) -> Vec<VirtualSite> {
        self.servers
            .iter()
            .filter_map(|server| {
                let block = self.http.children().get(server.index)?;
                let scope = [&self.http, block];
                let tls = Tls {
                    protocols: nearest(&scope, "ssl_protocols").map(|directive| {
                        (directive.arguments.iter().map(|word| word.text.clone()).collect(), directive.site)
                    }),
                    ciphers: nearest(&scope, "ssl_ciphers")
                        .map(|directive| (directive.argument(0).to_owned(), directive.site)),
                    keys: nearest(&scope, "ssl_certificate_key")
                        .map(|directive| (directive.argument(0).to_owned(), directive.site))
                        .into_iter()
                        .collect(),
                };
                let is_default = server.listens.iter().any(|(listen, _)| {
                    self.default_server(listen).is_some_and(|default| default.index == server.index)
                });
                Some(VirtualSite {
                    names: server.names.iter().map(Name::text).filter(|name| !name.is_empty()).collect(),
                    listens: server.listens.iter().map(|(listen, _)| listen.clone()).collect(),
                    tls,
                    is_default,
                    site: block.site,
                })
            })
            .collect()
    }

    /// The server that takes unknown names on an address.
    fn default_server(&self, wanted: &Listen) -> Option<&Server> {
        let on = |server: &&Server| {
            server.listens.iter().any(|(listen, _)| listen.port == wanted.port && listen.address == wanted.address)
        };
        self.servers
            .iter()
            .filter(on)
            .find(|server| {
                server
                    .listens
                    .iter()
                    .any(|(listen, default)| *default && listen.port == wanted.port && listen.address == wanted.address)
            })
            .or_else(|| self.servers.iter().find(on))
    }

    /// The server of a request: the most specific listening address decides first, then the name.
    fn server(&self, request: &Request, answer: &mut Answer) -> Option<(&Server, Listen)> {
        let local: Option<IpAddr> = request.host.parse().ok();
        let candidates: Vec<(&Server, &Listen, bool)> = self
            .servers
            .iter()
            .flat_map(|server| server.listens.iter().map(move |(listen, default)| (server, listen, *default)))
            .filter(|(_, listen, _)| listen.port == request.port)
            .collect();
        let first = candidates
            .iter()
            .find(|(_, listen, _)| listen.address.is_some() && listen.address == local)
            .or_else(|| candidates.iter().find(|(_, listen, _)| listen.address.is_none()))
            .or_else(|| candidates.first())?;
        let address = first.1.address;
        let same: Vec<_> = candidates.into_iter().filter(|(_, listen, _)| listen.address == address).collect();
        let host = request.host.trim_end_matches('.');
        let mut best: Option<(&Server, &Listen, (u8, usize), String)> = None;
        for (server, listen, _) in &same {
            for name in &server.names {
                let rank = match name {
                    Name::Exact(text) if text == host => Some(((4, text.len()), format!("its name is {text}"))),
                    Name::Suffix(text) if host.ends_with(text.as_str()) || Some(host) == text.strip_prefix('.') => {
                        Some(((3, text.len()), format!("its name ends with {text}")))
                    }
                    Name::Prefix(text) if host.starts_with(text.as_str()) => {
                        Some(((2, text.len()), format!("its name begins with {text}")))
                    }
                    Name::Pattern(text, Some(pattern)) if pattern.is_match(host) => {
                        Some(((1, 0), format!("its name matches {text}")))
                    }
                    _ => None,
                };
                if let Some((rank, why)) = rank
                    && best.as_ref().is_none_or(|(_, _, known, _)| rank > *known)
                {
                    best = Some((server, listen, rank, why));
                }
            }
        }
        if let Some((server, listen, _, why)) = best {
            let site = self.http.children().get(server.index).map(|block| block.site);
            answer.step(site, format!("server on port {}: {why}", request.port));
            return Some((server, listen.clone()));
        }
        let fallback = same.iter().find(|(_, _, default)| *default).or_else(|| same.first())?;
        let site = self.http.children().get(fallback.0.index).map(|block| block.site);
        let why = if fallback.2 { "the default server" } else { "the first server" };
        answer.step(site, format!("{why} on port {}: no server has the name {host}", request.port));
        Some((fallback.0, fallback.1.clone()))
    }

    /// What a request meets.
    #[must_use]
    pub fn answer(&self, request: &Request) -> Answer {
        let mut answer = Answer::new();
        let Some((server, listen)) = self.server(request, &mut answer) else {
            answer.outcome = Outcome::Unknown { reason: format!("nothing listens on port {}", request.port) };
            return answer;
        };
        if listen.tls != (request.scheme == "https") {
            answer.step(
                Some(listen.site),
                if listen.tls { "the port speaks TLS only" } else { "the port does not speak TLS" },
            );
            if listen.tls {
                answer.respond(400);
            } else {
                answer.outcome = Outcome::Unknown { reason: "the TLS handshake fails".into() };
            }
            return answer;
        }
        let Some(block) = self.http.children().get(server.index) else { return answer };
        let mut walk = Walk {
            nginx: self,
            request,
            answer,
            uri: normalise_path(request.path()),
            arguments: request.target.split_once('?').map_or(String::new(), |(_, query)| query.to_owned()),
            method: request.method.clone(),
            captures: Vec::new(),
            variables: FxHashMap::default(),
            server_name: server.names.first().map(Name::text).unwrap_or_default(),
            internal: false,
            errors: 0,
            named: None,
        };
        if walk.uri.contains('\0') || climbs(request.path()) {
            walk.answer.step(None, "nginx refuses a path that leads above the root, or holds a NUL");
            walk.answer.respond(400);
            return walk.answer;
        }
        if let Some((_, captures)) = server.names.iter().find_map(|name| match name {
            Name::Pattern(_, Some(pattern)) => {
                pattern.captures(&request.host).map(|found| (pattern, groups(pattern, &found)))
            }
            _ => None,
        }) {
            walk.take_captures(captures);
        }
        walk.run(block);
        walk.answer
    }
}

/// Whether `..` leads above the root at some point.
fn climbs(path: &str) -> bool {
    let mut depth = 0_i64;
    percent_decode(path).split('/').any(|part| {
        depth += match part {
            "" | "." => 0,
            ".." => -1,
            _ => 1,
        };
        depth < 0
    })
}

fn groups(pattern: &Regex, captures: &regex::Captures<'_>) -> (Vec<String>, Vec<(String, String)>) {
    let numbered = (0..captures.len())
        .map(|index| captures.get(index).map_or(String::new(), |found| found.as_str().to_owned()))
        .collect();
    let named = pattern
        .capture_names()
        .flatten()
        .filter_map(|name| captures.name(name).map(|found| (name.to_owned(), found.as_str().to_owned())))
        .collect();
    (numbered, named)
}

impl Name {
    fn text(&self) -> String {
        match self {
            Self::Exact(text) => text.clone(),
            Self::Suffix(text) => format!("*{text}"),
            Self::Prefix(text) => format!("{text}*"),
            Self::Pattern(text, _) => text.clone(),
        }
    }
}

fn names(server: &Directive) -> Vec<Name> {
    server
        .named("server_name")
        .flat_map(|directive| &directive.arguments)
        .map(|word| {
            let text = word.text.to_lowercase();
            if let Some(pattern) = word.text.strip_prefix('~') {
                Name::Pattern(word.text.clone(), pattern_of(pattern, true))
            } else if let Some(rest) = text.strip_prefix("*.") {
                Name::Suffix(format!(".{rest}"))
            } else if text.starts_with('.') {
                Name::Suffix(text)
            } else if let Some(rest) = text.strip_suffix(".*") {
                Name::Prefix(format!("{rest}."))
            } else {
                Name::Exact(text)
            }
        })
        .collect()
}

/// Compiles an expression of PCRE. Look-around and back references are not understood.
fn pattern_of(text: &str, ignore_case: bool) -> Option<Regex> {
    // PCRE lets a slash be escaped.
    let text = text.replace("\\/", "/").replace("(?<", "(?P<");
    regex::RegexBuilder::new(&text).case_insensitive(ignore_case).size_limit(1 << 20).build().ok()
}

fn listens(server: &Directive) -> Vec<(Listen, bool)> {
    let ssl_on = server.named("ssl").any(|directive| directive.argument(0) == "on");
    let mut found: Vec<(Listen, bool)> = server
        .named("listen")
        .filter(|directive| !directive.argument(0).starts_with("unix:"))
        .map(|directive| {
            let target = directive.argument(0);
            let (address, port) = address_port(target);
            let has = |word: &str| directive.arguments.iter().any(|argument| argument.text == word);
            let tls = has("ssl") || has("quic") || ssl_on;
            (Listen { address, port, tls, site: directive.site }, has("default_server") || has("default"))
        })
        .collect();
    if server.named("listen").next().is_none() {
        found.push((Listen { address: None, port: 80, tls: ssl_on, site: server.site }, false));
    }
    found
}

fn address_port(target: &str) -> (Option<IpAddr>, u16) {
    if let Ok(port) = target.parse() {
        return (None, port);
    }
    let (host, port) = match target.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => (host, port.parse().unwrap_or(80)),
        _ => (target, 80),
    };
    let address: Option<IpAddr> = host.trim_matches(['[', ']']).parse().ok();
    let address = if host == "localhost" { Some(IpAddr::from([127, 0, 0, 1])) } else { address };
    (address.filter(|address| !address.is_unspecified()), port)
}

enum Flow {
    /// Go on with the next phase.
    On,
    /// The request has an outcome.
    Done,
    /// Look for a location again.
    Again,
}

struct Walk<'n, 'r> {
    nginx: &'n Nginx,
    request: &'r Request,
    answer: Answer,
    uri: String,
    arguments: String,
    method: String,
    captures: Vec<String>,
    variables: FxHashMap<String, String>,
    server_name: String,
    internal: bool,
    errors: usize,
    named: Option<String>,
}

impl<'n> Walk<'n, '_> {
    fn take_captures(&mut self, (numbered, named): (Vec<String>, Vec<(String, String)>)) {
        self.captures = numbered;
        self.variables.extend(named);
    }

    fn run(&mut self, server: &'n Directive) {
        let http = &self.nginx.http;
        let outer: Scope<'n> = vec![http, server];
        let mut scope = outer.clone();
        match self.rewrite(server, &mut scope) {
            Flow::Done => {
                self.finish(&scope);
                return;
            }
            Flow::On | Flow::Again => {}
        }
        for _ in 0..MAX_CYCLES {
            let mut scope = scope.clone();
            if let Some(name) = self.named.take() {
                match server.children().iter().find(|child| child.name.text == "location" && child.argument(0) == name)
                {
                    Some(location) => {
                        self.answer.step(Some(location.site), format!("location {name}"));
                        scope.push(location);
                    }
                    None => {
                        self.answer.respond(500);
                        return;
                    }
                }
            } else {
                if self.find_location(server, &mut scope, 0) == Some(true) {
                    // A folder without its slash, in front of a proxied location that has one.
                    let target = format!("{}/{}", self.uri, self.query());
                    self.answer.outcome = Outcome::Respond { status: 301, location: Some(target) };
                    self.answer.step(None, "the location ends with a slash, so nginx redirects to it");
                    self.finish(&scope);
                    return;
                }
            }
            let inner = *scope.last().unwrap_or(&server);
            let depth = scope.len();
            if depth > outer.len() && !self.internal && inner.named("internal").next().is_some() {
                let site = inner.named("internal").next().map(|directive| directive.site);
                self.answer.step(site, "internal: 404 for requests from outside");
                self.answer.respond(404);
                self.finish(&scope);
                if self.error_page(&scope) {
                    continue;
                }
                return;
            }
            if depth > outer.len() {
                match self.rewrite(inner, &mut scope) {
                    Flow::Done => {
                        self.finish(&scope);
                        if self.error_page(&scope) {
                            continue;
                        }
                        return;
                    }
                    Flow::Again => continue,
                    Flow::On => {}
                }
            }
            match self.content(&mut scope) {
                Flow::Again => continue,
                Flow::On | Flow::Done => {
                    self.finish(&scope);
                    if self.error_page(&scope) {
                        continue;
                    }
                    return;
                }
            }
        }
        self.answer.step(None, "nginx gives up after ten rounds");
        self.answer.respond(500);
    }

    fn query(&self) -> String {
        if self.arguments.is_empty() { String::new() } else { format!("?{}", self.arguments) }
    }

    /// Pushes the location of the current path. `Some(true)`: the path lacks a slash that the location has.
    fn find_location(&mut self, block: &'n Directive, scope: &mut Scope<'n>, depth: usize) -> Option<bool> {
        if depth > 16 {
            return None;
        }
        let locations =
            || block.children().iter().filter(|child| child.name.text == "location" && child.block.is_some());
        let form = |location: &Directive| -> (String, String) {
            match location.arguments.as_slice() {
                [path] => {
                    let text = path.text.as_str();
                    for sign in ["=", "^~", "~*", "~"] {
                        if let Some(rest) = text.strip_prefix(sign) {
                            return (sign.to_owned(), rest.to_owned());
                        }
                    }
                    (String::new(), text.to_owned())
                }
                [sign, path, ..] => (sign.text.clone(), path.text.clone()),
                [] => (String::new(), String::new()),
            }
        };
        let mut longest: Option<(&'n Directive, String, String)> = None;
        for location in locations() {
            let (sign, path) = form(location);
            if sign == "=" && path == self.uri {
                self.answer.step(Some(location.site), format!("location = {path}"));
                scope.push(location);
                return Some(false);
            }
            let is_prefix = matches!(sign.as_str(), "" | "^~") && !path.starts_with('@');
            if is_prefix
                && self.uri.starts_with(&path)
                && longest.as_ref().is_none_or(|(_, _, known)| path.len() > known.len())
            {
                longest = Some((location, sign, path));
            }
            let proxied = location.children().iter().any(|child| {
                matches!(child.name.text.as_str(), "proxy_pass" | "fastcgi_pass" | "uwsgi_pass" | "grpc_pass")
            });
            let (sign, path) = form(location);
            if matches!(sign.as_str(), "" | "^~") && proxied && path.strip_suffix('/') == Some(self.uri.as_str()) {
                let exact = locations().any(|other| form(other) == ("=".to_owned(), self.uri.clone()));
                let plain = locations().any(|other| form(other).1 == self.uri && form(other).0 != "~");
                if !exact && !plain {
                    self.answer.step(Some(location.site), format!("location {path}"));
                    scope.push(location);
                    return Some(true);
                }
            }
        }
        let base = scope.len();
        let mut no_regex = false;
        let mut told = None;
        if let Some((location, sign, path)) = &longest {
            no_regex = sign == "^~";
            let shown = if sign.is_empty() { path.clone() } else { format!("{sign} {path}") };
            told = Some(self.answer.steps.len());
            self.answer.step(Some(location.site), format!("location {shown}: the longest prefix"));
            scope.push(location);
            let inner = self.find_location(location, scope, depth + 1);
            if inner == Some(true) {
                return inner;
            }
            // An exact or regular location inside was taken.
            if scope.len() > base + 1 {
                let last = scope.last().map(|location| form(location).0).unwrap_or_default();
                if matches!(last.as_str(), "=" | "~" | "~*") {
                    return Some(false);
                }
            }
        }
        if !no_regex {
            for location in locations() {
                let (sign, path) = form(location);
                if !matches!(sign.as_str(), "~" | "~*") {
                    continue;
                }
                let Some(pattern) = pattern_of(&path, sign == "~*") else {
                    self.answer.step(
                        Some(location.site),
                        format!("location {sign} {path} is not understood and was passed over"),
                    );
                    continue;
                };
                if let Some(found) = pattern.captures(&self.uri) {
                    let captured = groups(&pattern, &found);
                    self.take_captures(captured);
                    if let Some(at) = told {
                        self.answer.steps.truncate(at);
                    }
                    self.answer.step(
                        Some(location.site),
                        format!("location {sign} {path}: the first regular expression that matches"),
                    );
                    scope.truncate(base);
                    scope.push(location);
                    return self.find_location(location, scope, depth + 1).or(Some(false));
                }
            }
        }
        (scope.len() > base).then_some(false)
    }

    /// `if`, `set`, `rewrite`, `return`, `break` of one block, in order.
    fn rewrite(&mut self, block: &'n Directive, scope: &mut Scope<'n>) -> Flow {
        let mut again = false;
        for directive in block.children() {
            match directive.name.text.as_str() {
                "set" => {
                    let value = self.expand(directive.argument(1));
                    self.variables.insert(directive.argument(0).trim_start_matches('$').to_owned(), value);
                }
                "if" if directive.block.is_some() && self.condition(directive) => {
                    self.answer.step(Some(directive.site), format!("{}: true", directive.text()));
                    scope.push(directive);
                    match self.rewrite(directive, scope) {
                        Flow::On => {}
                        other => return other,
                    }
                }
                "return" => {
                    self.returns(directive);
                    return Flow::Done;
                }
                "rewrite" => {
                    let Some(pattern) = pattern_of(directive.argument(0), false) else { continue };
                    let Some(found) = pattern.captures(&self.uri) else { continue };
                    let captured = groups(&pattern, &found);
                    self.take_captures(captured);
                    let template = directive.argument(1);
                    let target = self.expand(template);
                    let flag = directive.argument(2);
                    self.answer.step(Some(directive.site), directive.text());
                    let absolute = ["http://", "https://", "$scheme"].iter().any(|start| template.starts_with(start));
                    if absolute || matches!(flag, "redirect" | "permanent") {
                        let status = if flag == "permanent" { 301 } else { 302 };
                        let mut location = target;
                        if !self.arguments.is_empty() && !template.ends_with('?') {
                            location.push_str(if location.contains('?') { "&" } else { "?" });
                            location.push_str(&self.arguments);
                        }
                        let location = location.trim_end_matches('?').to_owned();
                        self.answer.outcome = Outcome::Respond { status, location: Some(location) };
                        return Flow::Done;
                    }
                    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
                    if target.ends_with('?') {
                        self.arguments = query.trim_end_matches('?').to_owned();
                    } else if !query.is_empty() {
                        let old = std::mem::take(&mut self.arguments);
                        self.arguments = if old.is_empty() { query.to_owned() } else { format!("{query}&{old}") };
                    }
                    self.uri = path.to_owned();
                    again = true;
                    match flag {
                        "last" => return Flow::Again,
                        "break" => return Flow::On,
                        _ => {}
                    }
                }
                "break" => return Flow::On,
                _ => {}
            }
        }
        if again { Flow::Again } else { Flow::On }
    }

    fn returns(&mut self, directive: &Directive) {
        let first = directive.argument(0);
        let status: Option<u16> = first.parse().ok();
        let text = self.expand(directive.argument(if status.is_some() { 1 } else { 0 }));
        let status = status.unwrap_or(302);
        let redirects = matches!(status, 301 | 302 | 303 | 307 | 308);
        self.answer.step(Some(directive.site), directive.text());
        let location = (redirects && !text.is_empty()).then_some(text);
        self.answer.outcome = Outcome::Respond { status, location };
    }

    fn condition(&mut self, directive: &Directive) -> bool {
        let mut words: Vec<String> = directive.arguments.iter().map(|word| word.text.clone()).collect();
        if let Some(first) = words.first_mut() {
            *first = first.trim_start_matches('(').to_owned();
        }
        if let Some(last) = words.last_mut()
            && last.ends_with(')')
        {
            last.pop();
        }
        words.retain(|word| !word.is_empty());
        let left = |walk: &Self, index: usize| walk.expand(words.get(index).map_or("", String::as_str));
        match words.len() {
            1 => {
                let value = left(self, 0);
                !value.is_empty() && value != "0"
            }
            2 => false,
            _ => {
                let value = left(self, 0);
                let operator = words.get(1).map_or("", String::as_str);
                let right_text = words.get(2).cloned().unwrap_or_default();
                match operator {
                    "=" => value == self.expand(&right_text),
                    "!=" => value != self.expand(&right_text),
                    "~" | "~*" | "!~" | "!~*" => {
                        let Some(pattern) = pattern_of(&right_text, operator.ends_with('*')) else { return false };
                        let found = pattern.captures(&value).map(|found| groups(&pattern, &found));
                        let matched = found.is_some();
                        if let Some(captured) = found {
                            self.take_captures(captured);
                        }
                        matched != operator.starts_with('!')
                    }
                    _ => false,
                }
            }
        }
    }

    /// Limits, access and content of the location that was found.
    fn content(&mut self, scope: &mut Scope<'n>) -> Flow {
        self.limits(scope);
        for except in scope.last().map(|block| block.children()).unwrap_or_default() {
            if except.name.text == "limit_except" {
                let mut allowed: Vec<String> = except.arguments.iter().map(|word| word.text.to_uppercase()).collect();
                if allowed.iter().any(|method| method == "GET") {
                    allowed.push("HEAD".into());
                }
                if !allowed.contains(&self.method) {
                    self.answer
                        .step(Some(except.site), format!("{}: {} is not among them", except.text(), self.method));
                    scope.push(except);
                }
            }
        }
        if let Flow::Done = self.access(scope) {
            return Flow::Done;
        }
        if let Some(files) = nearest(&scope[scope.len().saturating_sub(1)..], "try_files")
            && let Some(last) = files.arguments.last()
        {
            let target = last.text.clone();
            self.answer.step(Some(files.site), format!("{}: none of the files is taken to be there", files.text()));
            if let Some(code) = target.strip_prefix('=') {
                self.answer.respond(code.parse().unwrap_or(404));
                return Flow::Done;
            }
            if target.starts_with('@') {
                self.named = Some(target);
                self.internal = true;
                return Flow::Again;
            }
            let target = self.expand(&target);
            let path = target.split('?').next().unwrap_or("").to_owned();
            if path == self.uri {
                self.answer.outcome = Outcome::File { path: self.file_path(scope) };
                return Flow::Done;
            }
            self.uri = path;
            self.internal = true;
            return Flow::Again;
        }
        if let Some(pass) = self.proxy_pass(scope) {
            self.passes(pass, scope);
            return Flow::Done;
        }
        for name in ["fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass"] {
            let inner = scope.last().and_then(|block| block.named(name).next());
            if let Some(pass) = inner {
                self.answer.step(Some(pass.site), pass.text());
                self.answer.outcome = Outcome::Proxy {
                    upstream: pass.argument(0).to_owned(),
                    servers: vec![pass.argument(0).to_owned()],
                    path: self.uri.clone(),
                };
                return Flow::Done;
            }
        }
        if let Some(status) = scope.last().and_then(|block| block.named("stub_status").next()) {
            self.answer.step(Some(status.site), "stub_status: numbers about the server");
            self.answer.respond(200);
            return Flow::Done;
        }
        if let Some(empty) = scope.last().and_then(|block| block.named("empty_gif").next()) {
            self.answer.step(Some(empty.site), "empty_gif");
            self.answer.respond(200);
            return Flow::Done;
        }
        self.answer.outcome = Outcome::File { path: self.file_path(scope) };
        let root = nearest(scope, "alias").or_else(|| nearest(scope, "root")).map(|directive| directive.site);
        self.answer.step(root, "served from the disk");
        Flow::Done
    }

    /// `proxy_pass` of the location itself; `if` and `limit_except` blocks inherit it from the location around them.
    fn proxy_pass(&self, scope: &Scope<'n>) -> Option<&'n Directive> {
        for block in scope.iter().rev() {
            if let Some(pass) = block.named("proxy_pass").last() {
                return Some(pass);
            }
            if !matches!(block.name.text.as_str(), "if" | "limit_except") {
                return None;
            }
        }
        None
    }

    fn passes(&mut self, pass: &'n Directive, scope: &Scope<'n>) {
        let written = pass.argument(0);
        let url = self.expand(written);
        let (scheme, rest) = url.split_once("://").unwrap_or(("http", url.as_str()));
        let (authority, uri) = match rest.find('/') {
            Some(at) => (rest.get(..at).unwrap_or(rest), rest.get(at..)),
            None => (rest, None),
        };
        let location = scope.iter().rev().find(|block| block.name.text == "location");
        let prefix = location.map(|location| location.arguments.last().map_or("", |word| word.text.as_str()));
        let is_regex = location.is_some_and(|location| location.argument(0).starts_with('~'));
        let path = match uri {
            Some(uri) if written.contains('$') => uri.to_owned(),
            Some(uri) if !is_regex => {
                let rest = prefix.and_then(|prefix| self.uri.strip_prefix(prefix)).unwrap_or("");
                format!("{uri}{rest}{}", self.query())
            }
            _ if self.uri == normalise_path(self.request.path()) => self.request.target.clone(),
            _ => format!("{}{}", self.uri, self.query()),
        };
        let upstream = self.nginx.http.named("upstream").find(|upstream| upstream.argument(0) == authority);
        let servers = match upstream {
            Some(upstream) => upstream
                .named("server")
                .filter(|server| !server.arguments.iter().any(|word| word.text == "down"))
                .map(|server| host_port(&format!("{scheme}://{}", server.argument(0))))
                .collect(),
            None => vec![host_port(&format!("{scheme}://{authority}"))],
        };
        self.answer.step(Some(pass.site), pass.text());
        if let Some(upstream) = upstream {
            self.answer.step(Some(upstream.site), format!("upstream {authority}"));
        }
        self.answer.outcome = Outcome::Proxy { upstream: format!("{scheme}://{authority}"), servers, path };
    }

    fn file_path(&self, scope: &Scope<'n>) -> String {
        let alias = scope.last().and_then(|block| block.named("alias").next());
        if let (Some(alias), Some(location)) = (alias, scope.last()) {
            let base = self.expand(alias.argument(0));
            if location.argument(0).starts_with('~') {
                return base;
            }
            let prefix = location.arguments.last().map_or("", |word| word.text.as_str());
            return format!("{base}{}", self.uri.strip_prefix(prefix).unwrap_or(""));
        }
        let root = nearest(scope, "root").map_or_else(|| "html".to_owned(), |root| self.expand(root.argument(0)));
        format!("{}{}", root.trim_end_matches('/'), self.uri)
    }

    fn limits(&mut self, scope: &Scope<'n>) {
        for limit in nearest_all(scope, "limit_req") {
            let zone = limit.arguments.iter().find_map(|word| word.text.strip_prefix("zone="));
            let definition = zone.and_then(|zone| {
                self.nginx.http.named("limit_req_zone").find(|definition| {
                    definition.arguments.iter().any(|word| {
                        word.text.strip_prefix("zone=").is_some_and(|named| named.split(':').next() == Some(zone))
                    })
                })
            });
            let rate = definition.and_then(|definition| {
                let rate = definition.arguments.iter().find_map(|word| word.text.strip_prefix("rate="))?;
                match (rate.strip_suffix("r/s"), rate.strip_suffix("r/m")) {
                    (Some(number), _) => number.parse().ok(),
                    (_, Some(number)) => number.parse::<f64>().ok().map(|number| number / 60.0),
                    _ => None,
                }
            });
            let key = definition.map_or("", |definition| definition.argument(0));
            // A key that is empty for this request does not count it.
            let counts = definition.is_some() && self.zone_counts(key);
            if counts {
                let by_client = self.key_names_client(key);
                self.answer.limits.push(RateLimit { per_second: rate, by_client, site: limit.site });
            }
        }
    }

    fn zone_counts(&self, key: &str) -> bool {
        key.contains("remote_addr") || !self.expand(key).is_empty()
    }

    fn key_names_client(&self, key: &str) -> bool {
        if key.contains("remote_addr") || key.contains("realip") || key.contains("x_forwarded_for") {
            return true;
        }
        // A map may lead to the address: `map $x $limit_key { default $binary_remote_addr; }`.
        self.nginx.http.named("map").chain(self.nginx.http.named("geo")).any(|map| {
            map.arguments.last().is_some_and(|word| word.text == key)
                && map.children().iter().any(|entry| entry.argument(0).contains("remote_addr"))
        })
    }

    /// `satisfy all` unless told otherwise.
    fn access(&mut self, scope: &Scope<'n>) -> Flow {
        let any = nearest(scope, "satisfy").is_some_and(|directive| directive.argument(0) == "any");
        // `allow` and `deny` are one list: the innermost block that has either.
        let rules: Vec<&Directive> = scope
            .iter()
            .rev()
            .map(|block| {
                block
                    .children()
                    .iter()
                    .filter(|child| matches!(child.name.text.as_str(), "allow" | "deny"))
                    .collect::<Vec<_>>()
            })
            .find(|found| !found.is_empty())
            .unwrap_or_default();
        let mut denied = None;
        for rule in &rules {
            let matched = match rule.argument(0) {
                "all" => true,
                "unix:" => false,
                text => match (text.parse::<IpNet>(), text.parse::<IpAddr>()) {
                    (Ok(network), _) => network.contains(&self.request.from),
                    (_, Ok(address)) => address == self.request.from,
                    _ => false,
                },
            };
            if matched {
                if rule.name.text == "deny" {
                    denied = Some(rule.site);
                } else {
                    self.answer.by_address = Some(rule.site);
                    self.answer.step(Some(rule.site), format!("{}: the client is let in", rule.text()));
                }
                break;
            }
        }
        let password = nearest(scope, "auth_basic").filter(|directive| directive.argument(0) != "off");
        let asks = nearest(scope, "auth_request").filter(|directive| directive.argument(0) != "off");
        let asked = password.or(asks);
        if let Some(site) = denied {
            let open_door = any && asked.is_some();
            if !open_door {
                self.answer.step(Some(site), "deny: the client is refused");
                self.answer.by_address = Some(site);
                self.answer.respond(403);
                return Flow::Done;
            }
        }
        let satisfied = any && !rules.is_empty() && denied.is_none();
        if let Some(directive) = asked.filter(|_| !satisfied) {
            self.answer.asks = Some(directive.site);
            self.answer.step(Some(directive.site), directive.text());
            if password.is_some() {
                self.answer.respond(401);
                return Flow::Done;
            }
        }
        Flow::On
    }

    /// Headers, sizes and times that go with the outcome.
    fn finish(&mut self, scope: &Scope<'n>) {
        let set = |directive: &Directive, walk: &Self| HeaderSet {
            name: directive.argument(0).to_owned(),
            value: directive.argument(1).to_owned(),
            always: directive.argument(2) == "always" || walk.errors > MAX_CYCLES,
            site: directive.site,
        };
        let status = if let Outcome::Respond { status, .. } = self.answer.outcome { status } else { 200 };
        let kept = matches!(status, 200 | 201 | 204 | 206 | 301 | 302 | 303 | 304 | 307 | 308);
        self.answer.headers = nearest_all(scope, "add_header")
            .into_iter()
            .map(|directive| set(directive, self))
            .filter(|header| kept || header.always)
            .collect();
        self.answer.forwarded =
            nearest_all(scope, "proxy_set_header").into_iter().map(|directive| set(directive, self)).collect();
        self.answer.body_limit = Some(
            nearest(scope, "client_max_body_size")
                .and_then(|directive| size(directive.argument(0)))
                .unwrap_or(1024 * 1024),
        );
        self.answer.read_timeout = Some(
            nearest(scope, "proxy_read_timeout").and_then(|directive| seconds(directive.argument(0))).unwrap_or(60),
        );
        let upgrade = self.answer.forwarded("Upgrade").is_some_and(|header| header.value.contains("http_upgrade"));
        let connection = self.answer.forwarded("Connection").is_some_and(|header| {
            let value = header.value.to_lowercase();
            value.contains("upgrade") || value.contains('$')
        });
        let version = nearest(scope, "proxy_http_version").is_none_or(|directive| directive.argument(0) == "1.1");
        self.answer.upgrades = upgrade && connection && version;
        self.answer.secures_cookies = nearest_all(scope, "proxy_cookie_flags")
            .iter()
            .any(|directive| directive.arguments.iter().any(|word| word.text.eq_ignore_ascii_case("secure")))
            || nearest_all(scope, "proxy_cookie_path")
                .iter()
                .any(|directive| directive.arguments.iter().any(|word| word.text.to_lowercase().contains("secure")));
        self.answer.cached = nearest(scope, "proxy_cache")
            .filter(|directive| directive.argument(0) != "off")
            .filter(|_| nearest(scope, "proxy_cache_bypass").is_none() || nearest(scope, "proxy_no_cache").is_none())
            .map(|directive| directive.site);
    }

    /// Goes on with the page of an error. `true` when a page takes over.
    fn error_page(&mut self, scope: &Scope<'n>) -> bool {
        let Outcome::Respond { status, location: None } = self.answer.outcome else { return false };
        if status < 300 || self.errors > 0 || matches!(status, 444) {
            return false;
        }
        for page in nearest_all(scope, "error_page") {
            let Some((target, codes)) = page.arguments.split_last() else { continue };
            let replaced = codes.last().and_then(|word| word.text.strip_prefix('='));
            if !codes.iter().any(|word| word.text.parse() == Ok(status)) {
                continue;
            }
            self.errors += 1;
            self.answer.step(Some(page.site), page.text());
            if target.text.contains("://") {
                let code = replaced.and_then(|code| code.parse().ok()).unwrap_or(302);
                let location = Some(self.expand(&target.text));
                self.answer.outcome = Outcome::Respond { status: code, location };
                return false;
            }
            let shown = replaced.and_then(|code| code.parse().ok()).unwrap_or(status);
            if target.text.starts_with('@') {
                self.named = Some(target.text.clone());
                self.internal = true;
                return true;
            }
            // A static page keeps the status.
            self.answer.outcome = Outcome::Respond { status: shown, location: None };
            return false;
        }
        false
    }

    /// Replaces `$name`, `${name}` and `$1`.
    fn expand(&self, text: &str) -> String {
        if !text.contains('$') {
            return text.to_owned();
        }
        let mut out = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            out.push_str(rest.get(..at).unwrap_or(""));
            rest = rest.get(at + 1..).unwrap_or("");
            let (name, after) = if let Some(inner) = rest.strip_prefix('{') {
                inner.split_once('}').unwrap_or((inner, ""))
            } else {
                let end = rest
                    .char_indices()
                    .find(|(index, char)| {
                        let digits = rest.starts_with(|first: char| first.is_ascii_digit());
                        if digits { *index > 0 } else { !char.is_ascii_alphanumeric() && *char != '_' }
                    })
                    .map_or(rest.len(), |(index, _)| index);
                rest.split_at(end)
            };
            if name.is_empty() {
                out.push('$');
            } else {
                out.push_str(&self.variable(name, 0));
            }
            rest = after;
            if out.len() > 64 * 1024 {
                break;
            }
        }
        out.push_str(rest);
        out
    }

    fn variable(&self, name: &str, depth: usize) -> String {
        if let Ok(index) = name.parse::<usize>() {
            return self.captures.get(index).cloned().unwrap_or_default();
        }
        if let Some(value) = self.variables.get(name) {
            return value.clone();
        }
        let request = self.request;
        let header = |name: &str| request.header(name).unwrap_or_default().to_owned();
        match name {
            "host" => return request.host.clone(),
            "http_host" => {
                let standard = if request.scheme == "https" { 443 } else { 80 };
                return if request.port == standard {
                    request.host.clone()
                } else {
                    format!("{}:{}", request.host, request.port)
                };
            }
            "uri" | "document_uri" => return self.uri.clone(),
            "request_uri" => return request.target.clone(),
            "args" | "query_string" => return self.arguments.clone(),
            "is_args" => return if self.arguments.is_empty() { String::new() } else { "?".into() },
            "scheme" => return request.scheme.clone(),
            "https" => return if request.scheme == "https" { "on".into() } else { String::new() },
            "server_port" => return request.port.to_string(),
            "server_name" => return self.server_name.clone(),
            "remote_addr" | "binary_remote_addr" | "realip_remote_addr" => return request.from.to_string(),
            "request_method" => return self.method.clone(),
            "proxy_add_x_forwarded_for" => {
                let sent = header("x-forwarded-for");
                return if sent.is_empty() { request.from.to_string() } else { format!("{sent}, {}", request.from) };
            }
            _ => {}
        }
        if let Some(name) = name.strip_prefix("http_") {
            return header(&name.replace('_', "-"));
        }
        if let Some(wanted) = name.strip_prefix("arg_") {
            let found = self.arguments.split('&').find_map(|pair| {
                let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
                key.eq_ignore_ascii_case(wanted).then(|| value.to_owned())
            });
            return found.unwrap_or_default();
        }
        if let Some(wanted) = name.strip_prefix("cookie_") {
            let cookies = header("cookie");
            let found = cookies.split(';').find_map(|pair| {
                let (key, value) = pair.trim().split_once('=')?;
                (key == wanted).then(|| value.to_owned())
            });
            return found.unwrap_or_default();
        }
        if depth < 8 {
            return self.mapped(name, depth).unwrap_or_default();
        }
        String::new()
    }

    /// `map $source $name { ... }` and `geo [$address] $name { ... }`.
    fn mapped(&self, name: &str, depth: usize) -> Option<String> {
        let wanted = format!("${name}");
        let resolve = |text: &str| match text.strip_prefix('$') {
            Some(variable) => self.variable(variable.trim_matches(['{', '}']), depth + 1),
            None => text.to_owned(),
        };
        for map in self.nginx.http.named("map") {
            if map.argument(1) != wanted {
                continue;
            }
            let source = self.expand(map.argument(0));
            let entries =
                || map.children().iter().filter(|entry| !matches!(entry.name.text.as_str(), "hostnames" | "volatile"));
            let exact = entries().find(|entry| {
                !entry.name.text.starts_with('~')
                    && entry.name.text.trim_start_matches('\\').eq_ignore_ascii_case(&source)
                    && entry.name.text != "default"
            });
            let pattern = || {
                entries().find(|entry| {
                    let Some(text) = entry.name.text.strip_prefix('~') else { return false };
                    let (text, insensitive) = text.strip_prefix('*').map_or((text, false), |text| (text, true));
                    pattern_of(text, insensitive).is_some_and(|pattern| pattern.is_match(&source))
                })
            };
            let default = || entries().find(|entry| entry.name.text == "default");
            return exact.or_else(pattern).or_else(default).map(|entry| resolve(entry.argument(0)));
        }
        for geo in self.nginx.http.named("geo") {
            let (source, variable) = match geo.arguments.as_slice() {
                [variable] => (self.request.from.to_string(), variable.text.as_str()),
                [source, variable] => (self.expand(&source.text), variable.text.as_str()),
                _ => continue,
            };
            if variable != wanted {
                continue;
            }
            let address: Option<IpAddr> = source.parse().ok();
            let mut best: BTreeMap<u8, String> = BTreeMap::new();
            for entry in geo.children() {
                let network = entry
                    .name
                    .text
                    .parse::<IpNet>()
                    .ok()
                    .or_else(|| entry.name.text.parse::<IpAddr>().ok().map(IpNet::from));
                if let (Some(network), Some(address)) = (network, address)
                    && network.contains(&address)
                {
                    best.insert(network.prefix_len() + 1, entry.argument(0).to_owned());
                } else if entry.name.text == "default" {
                    best.entry(0).or_insert_with(|| entry.argument(0).to_owned());
                }
            }
            return best.pop_last().map(|(_, value)| value);
        }
        None
    }
}
