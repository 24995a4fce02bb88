//! Apache HTTP Server: which virtual host, which rewriting, which access rule, which `ProxyPass`.
//!
//! Order of a request, as the modules hook in: `RewriteRule` of the server, `ProxyPass`, `Redirect`, then `<Location>` sections
//! in order, each replacing the access rules before it. Sources: Apache documentation, "Configuration Sections", mod_proxy,
//! mod_rewrite, mod_authz_core.

use ipnet::IpNet;
use regex::Regex;

use super::{Answer, HeaderSet, Listen, Outcome, RateLimit, Request, Tls, VirtualSite, host_port, normalise_path};
use crate::read::Directive;
use crate::source::Site;

/// Apache's whole configuration, includes in place and conditional sections opened.
pub struct Apache {
    top: Vec<Directive>,
}

/// Opens `<IfModule>`, `<IfDefine>`, `<IfVersion>`: what is meant for a module that is not loaded is left out.
fn open_conditions(directives: Vec<Directive>, depth: usize) -> Vec<Directive> {
    let mut out = Vec::new();
    for mut directive in directives {
        let name = directive.name.text.as_str();
        if matches!(name, "ifmodule" | "ifdefine" | "ifversion" | "iffile") && depth < 32 {
            if !directive.argument(0).starts_with('!') {
                out.extend(open_conditions(directive.block.take().unwrap_or_default(), depth + 1));
            }
            continue;
        }
        if let Some(block) = directive.block.take() {
            directive.block = Some(open_conditions(block, depth + 1));
        }
        out.push(directive);
    }
    out
}

impl Apache {
    /// From the directives with their includes in place; `None` without a virtual host or `ProxyPass`.
    #[must_use]
    pub fn new(directives: Vec<Directive>) -> Option<Self> {
        let top = open_conditions(directives, 0);
        let found = top.iter().any(|directive| matches!(directive.name.text.as_str(), "virtualhost" | "proxypass"));
        found.then_some(Self { top })
    }

    fn hosts(&self) -> impl Iterator<Item = &Directive> {
        self.top.iter().filter(|directive| directive.name.text == "virtualhost")
    }

    fn global(&self, name: &str) -> Option<&Directive> {
        self.top.iter().rfind(|directive| directive.name.text == name)
    }

    /// The value that counts for a virtual host.
    fn value<'a>(&'a self, host: &'a Directive, name: &'a str) -> Option<&'a Directive> {
        host.named(name).last().or_else(|| self.global(name))
    }

    pub(super) fn sites(&self) -> Vec<VirtualSite> {
        self.hosts()
            .enumerate()
            .map(|(index, host)| {
                let tls_on = self.is_tls(host);
                let names = host
                    .children()
                    .iter()
                    .filter(|child| matches!(child.name.text.as_str(), "servername" | "serveralias"))
                    .flat_map(|child| &child.arguments)
                    .map(|word| host_name(&word.text))
                    .collect();
                let listens: Vec<Listen> = host
                    .arguments
                    .iter()
                    .map(|word| {
                        let port = word.text.rsplit(':').next().and_then(|port| port.parse().ok());
                        let port = port.unwrap_or(if tls_on { 443 } else { 80 });
                        let address = word.text.rsplit_once(':').map_or(word.text.as_str(), |(host, _)| host);
                        Listen {
                            address: address.trim_matches(['[', ']']).parse().ok(),
                            port,
                            tls: tls_on,
                            site: host.site,
                        }
                    })
                    .collect();
                let first_port = listens.first().map(|listen| listen.port);
                let is_default = !self.hosts().take(index).any(|other| {
                    other
                        .arguments
                        .iter()
                        .any(|word| word.text.rsplit(':').next().and_then(|port| port.parse().ok()) == first_port)
                });
                let tls = Tls {
                    protocols: self.value(host, "sslprotocol").map(|directive| (protocols(directive), directive.site)),
                    ciphers: self.value(host, "sslciphersuite").map(|directive| {
                        (directive.arguments.last().map_or("", |word| &word.text).to_owned(), directive.site)
                    }),
                    keys: host
                        .named("sslcertificatekeyfile")
                        .map(|key| (key.argument(0).to_owned(), key.site))
                        .collect(),
                };
                VirtualSite { names, listens, tls, is_default, site: host.site }
            })
            .collect()
    }

    fn is_tls(&self, host: &Directive) -> bool {
        host.named("sslengine").last().is_some_and(|directive| directive.argument(0).eq_ignore_ascii_case("on"))
    }

    fn host(&self, request: &Request, answer: &mut Answer) -> Option<&Directive> {
        let on_port: Vec<&Directive> = self
            .hosts()
            .filter(|host| {
                host.arguments.iter().any(|word| {
                    word.text.rsplit_once(':').is_none_or(|(_, port)| port == "*" || port.parse() == Ok(request.port))
                })
            })
            .collect();
        let named = on_port.iter().find(|host| {
            host.children()
                .iter()
                .filter(|child| matches!(child.name.text.as_str(), "servername" | "serveralias"))
                .flat_map(|child| &child.arguments)
                .any(|word| matches_name(&host_name(&word.text), &request.host))
        });
        if let Some(host) = named {
            answer.step(Some(host.site), format!("virtual host {}", request.host));
            return Some(host);
        }
        let first = on_port.first()?;
        answer.step(
            Some(first.site),
            format!("the first virtual host on port {}: none has the name {}", request.port, request.host),
        );
        Some(first)
    }

    /// What a request meets.
    #[must_use]
    pub fn answer(&self, request: &Request) -> Answer {
        let mut answer = Answer::new();
        let Some(host) = self.host(request, &mut answer) else {
            answer.outcome = Outcome::Unknown { reason: format!("nothing listens on port {}", request.port) };
            return answer;
        };
        if self.is_tls(host) != (request.scheme == "https") {
            answer.respond(400);
            return answer;
        }
        let mut path = normalise_path(request.path());
        self.details(host, &path, &mut answer);
        if self.rewrite(host, request, &mut path, &mut answer) {
            self.access(host, request, &path, &mut answer);
            return answer;
        }
        if let Some((target, directive)) = proxy_pass(host, &path) {
            answer.step(Some(directive.site), directive.text());
            self.proxied(&target, directive, &path, request, &mut answer);
            self.access(host, request, &path, &mut answer);
            return answer;
        }
        if let Some(directive) = redirect(host, &path, request, &mut answer) {
            answer.step(Some(directive), "redirect");
            return answer;
        }
        let root = self.value(host, "documentroot");
        answer.outcome = Outcome::File {
            path: format!("{}{path}", root.map_or("/var/www/html", |directive| directive.argument(0))),
        };
        answer.step(root.map(|directive| directive.site), "served from the disk");
        self.access(host, request, &path, &mut answer);
        answer
    }

    /// Headers, sizes and times of the virtual host and of the locations that apply.
    fn details(&self, host: &Directive, path: &str, answer: &mut Answer) {
        let mut blocks: Vec<&Directive> = vec![host];
        blocks.extend(host.children().iter().filter(|child| applies(child, path)));
        let global: Vec<&Directive> = self.top.iter().filter(|directive| directive.block.is_none()).collect();
        let all = global.into_iter().chain(blocks.into_iter().flat_map(|block| block.children()));
        for directive in all {
            let words: Vec<&str> = directive.arguments.iter().map(|word| word.text.as_str()).collect();
            match directive.name.text.as_str() {
                "header" => {
                    let (always, words) = match words.split_first() {
                        Some((&"always", rest)) => (true, rest),
                        Some((&"onsuccess", rest)) => (false, rest),
                        _ => (false, words.as_slice()),
                    };
                    let action = words.first().map_or(String::new(), |word| word.to_lowercase());
                    let name = words.get(1).copied().unwrap_or_default();
                    let value = words.get(2).copied().unwrap_or_default();
                    if action.starts_with("edit") && name.eq_ignore_ascii_case("set-cookie") {
                        answer.secures_cookies |= words.iter().any(|word| word.to_lowercase().contains("secure"));
                    }
                    if matches!(action.as_str(), "set" | "add" | "append" | "setifempty" | "merge") {
                        answer.headers.push(HeaderSet {
                            name: name.into(),
                            value: value.into(),
                            always,
                            site: directive.site,
                        });
                    } else if action == "unset" {
                        answer.headers.retain(|header| !header.name.eq_ignore_ascii_case(name));
                    }
                }
                "requestheader" => {
                    let action = words.first().map_or(String::new(), |word| word.to_lowercase());
                    let name = words.get(1).copied().unwrap_or_default();
                    let value = if action == "unset" { "" } else { words.get(2).copied().unwrap_or_default() };
                    answer.forwarded.push(HeaderSet {
                        name: name.into(),
                        value: value.into(),
                        always: true,
                        site: directive.site,
                    });
                }
                "limitrequestbody" => answer.body_limit = words.first().and_then(|word| word.parse().ok()),
                "timeout" | "proxytimeout" => {
                    answer.read_timeout = words.first().and_then(|word| word.parse().ok()).or(answer.read_timeout);
                }
                "proxypreservehost" if words.first().is_some_and(|word| word.eq_ignore_ascii_case("on")) => {
                    answer.forwarded.push(HeaderSet {
                        name: "Host".into(),
                        value: "%{HTTP_HOST}".into(),
                        always: true,
                        site: directive.site,
                    });
                }
                "cacheenable" => answer.cached = Some(directive.site),
                "qs_eventpersecondlimit" | "qs_locrequestpersecondlimit" | "qs_locrequestpersecondlimitmatch" => {
                    answer.limits.push(RateLimit { per_second: None, by_client: false, site: directive.site });
                }
                _ => {}
            }
        }
        answer.read_timeout.get_or_insert(60);
        // Apache 2.4.54 and newer: one gigabyte unless told otherwise.
        answer.body_limit.get_or_insert(1024 * 1024 * 1024);
    }

    /// `RewriteRule`s of the virtual host. `true` when they decided.
    fn rewrite(&self, host: &Directive, request: &Request, path: &mut String, answer: &mut Answer) -> bool {
        let on = host
            .named("rewriteengine")
            .last()
            .is_some_and(|directive| directive.argument(0).eq_ignore_ascii_case("on"));
        if !on {
            return false;
        }
        let mut conditions: Vec<&Directive> = Vec::new();
        for directive in host.children() {
            if directive.name.text == "rewritecond" {
                conditions.push(directive);
                continue;
            }
            if directive.name.text != "rewriterule" {
                continue;
            }
            let own = std::mem::take(&mut conditions);
            let flags: Vec<String> = directive
                .argument(2)
                .trim_matches(['[', ']'])
                .split(',')
                .map(|flag| flag.trim().to_lowercase())
                .collect();
            let (pattern, negated) =
                directive.argument(0).strip_prefix('!').map_or((directive.argument(0), false), |rest| (rest, true));
            let insensitive = flags.iter().any(|flag| flag == "nc" || flag == "nocase");
            let Some(pattern) = compile(pattern, insensitive) else { continue };
            let captured = pattern.captures(path);
            if captured.is_some() == negated || !conditions_hold(&own, request, path) {
                continue;
            }
            let groups: Vec<String> = captured
                .map(|found| {
                    found.iter().map(|group| group.map_or(String::new(), |one| one.as_str().to_owned())).collect()
                })
                .unwrap_or_default();
            let target = substitute(directive.argument(1), &groups, request, path);
            let flag = |names: &[&str]| {
                flags.iter().find(|flag| names.contains(&flag.split('=').next().unwrap_or(""))).cloned()
            };
            answer.step(Some(directive.site), directive.text());
            if flag(&["f", "forbidden"]).is_some() {
                answer.respond(403);
                return true;
            }
            if flag(&["g", "gone"]).is_some() {
                answer.respond(410);
                return true;
            }
            if let Some(redirect) = flag(&["r", "redirect"]) {
                let status = redirect.split_once('=').map_or(302, |(_, code)| match code {
                    "permanent" => 301,
                    "seeother" => 303,
                    other => other.parse().unwrap_or(302),
                });
                let redirects = (300..400).contains(&status);
                answer.outcome = Outcome::Respond { status, location: redirects.then_some(target) };
                return true;
            }
            if target.starts_with("https://") || target.starts_with("http://") {
                if flag(&["p", "proxy"]).is_none() {
                    answer.outcome = Outcome::Respond { status: 302, location: Some(target) };
                    return true;
                }
                self.proxied(&target, directive, path, request, answer);
                return true;
            }
            if flag(&["p", "proxy"]).is_some() {
                self.proxied(&target, directive, path, request, answer);
                return true;
            }
            if target != "-" {
                *path = target.split('?').next().unwrap_or("").to_owned();
            }
            if flag(&["l", "last", "end"]).is_some() {
                return false;
            }
        }
        false
    }

    /// The outcome of a URL behind `ProxyPass` or `[P]`.
    fn proxied(&self, target: &str, directive: &Directive, path: &str, request: &Request, answer: &mut Answer) {
        let (scheme, rest) = target.split_once("://").unwrap_or(("http", target));
        let (authority, rest_path) =
            rest.split_once('/').map_or((rest, String::new()), |(host, rest)| (host, format!("/{rest}")));
        let members: Vec<String> = self
            .top
            .iter()
            .chain(self.hosts().flat_map(|host| host.children()))
            .filter(|block| {
                scheme == "balancer"
                    && block.name.text == "proxy"
                    && block.argument(0).ends_with(&format!("//{authority}"))
            })
            .flat_map(|block| {
                block.named("balancermember").map(|member| host_port(member.argument(0))).collect::<Vec<_>>()
            })
            .collect();
        let secure = matches!(scheme, "https" | "wss");
        let servers = if members.is_empty() {
            vec![host_port(&format!("{}://{authority}", if secure { "https" } else { "http" }))]
        } else {
            members
        };
        let upgrade = directive.arguments.iter().any(|word| word.text.to_lowercase().starts_with("upgrade="));
        answer.upgrades = matches!(scheme, "ws" | "wss") || upgrade;
        for word in &directive.arguments {
            if let Some(limit) = word.text.strip_prefix("timeout=") {
                answer.read_timeout = limit.parse().ok().or(answer.read_timeout);
            }
        }
        let adds =
            self.global("proxyaddheaders").is_none_or(|directive| !directive.argument(0).eq_ignore_ascii_case("off"));
        if adds {
            // mod_proxy appends to what the client sent.
            for (name, value) in [("X-Forwarded-For", "%{REMOTE_ADDR}"), ("X-Forwarded-Host", "%{HTTP_HOST}")] {
                if answer.forwarded(name).is_none() {
                    answer.forwarded.push(HeaderSet {
                        name: name.into(),
                        value: value.into(),
                        always: true,
                        site: directive.site,
                    });
                }
            }
        }
        let seen = if rest_path.is_empty() { path.to_owned() } else { rest_path };
        let query = request.target.split_once('?').map_or(String::new(), |(_, query)| format!("?{query}"));
        answer.outcome =
            Outcome::Proxy { upstream: format!("{scheme}://{authority}"), servers, path: format!("{seen}{query}") };
    }

    /// Access rules: of the sections that apply, the last that has any.
    fn access(&self, host: &Directive, request: &Request, path: &str, answer: &mut Answer) {
        if matches!(answer.outcome, Outcome::Respond { .. }) {
            return;
        }
        let proxied = matches!(answer.outcome, Outcome::Proxy { .. });
        let sections = self.top.iter().chain(host.children()).filter(|child| match child.name.text.as_str() {
            "location" | "locationmatch" => applies(child, path),
            "proxy" | "proxymatch" => proxied && matches!(child.argument(0), "*" | ".*"),
            _ => false,
        });
        let mut rules: Option<&Directive> = None;
        for section in sections {
            let has = section.children().iter().any(|child| {
                matches!(
                    child.name.text.as_str(),
                    "require" | "requireall" | "requireany" | "requirenone" | "deny" | "allow" | "order"
                )
            });
            if has {
                rules = Some(section);
            }
        }
        let Some(section) = rules else { return };
        let verdict = require(section.children(), request, false).or_else(|| legacy(section, request));
        match verdict {
            Some(Verdict::Denied) => {
                answer.step(Some(section.site), format!("<{}>: the client is refused", section.text()));
                answer.by_address = Some(section.site);
                answer.respond(403);
            }
            Some(Verdict::Asks) => {
                answer.step(Some(section.site), format!("<{}>: a password is asked", section.text()));
                answer.asks = Some(section.site);
                answer.respond(401);
            }
            Some(Verdict::ByAddress) => answer.by_address = Some(section.site),
            Some(Verdict::Granted) | None => {}
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Granted,
    ByAddress,
    Asks,
    Denied,
}

/// `Require` lines; any one suffices unless `all`.
fn require(children: &[Directive], request: &Request, all: bool) -> Option<Verdict> {
    let verdicts: Vec<Verdict> = children
        .iter()
        .filter_map(|child| match child.name.text.as_str() {
            "require" => {
                let (negated, words): (bool, Vec<&str>) = match child.arguments.split_first() {
                    Some((first, rest)) if first.text.eq_ignore_ascii_case("not") => {
                        (true, rest.iter().map(|word| word.text.as_str()).collect())
                    }
                    _ => (false, child.arguments.iter().map(|word| word.text.as_str()).collect()),
                };
                let verdict = match words.as_slice() {
                    ["all", "denied"] => Verdict::Denied,
                    ["all", "granted"] => Verdict::Granted,
                    ["local"] => {
                        if request.from.is_loopback() {
                            Verdict::ByAddress
                        } else {
                            Verdict::Denied
                        }
                    }
                    ["ip", networks @ ..] => {
                        if networks.iter().any(|network| inside(network, request)) {
                            Verdict::ByAddress
                        } else {
                            Verdict::Denied
                        }
                    }
                    ["host" | "forward-dns", ..] => Verdict::Denied,
                    ["method", methods @ ..] => {
                        if methods.contains(&request.method.as_str()) {
                            Verdict::Granted
                        } else {
                            Verdict::Denied
                        }
                    }
                    _ => Verdict::Asks,
                };
                Some(match (negated, verdict) {
                    (true, Verdict::Denied) => Verdict::ByAddress,
                    (true, _) => Verdict::Denied,
                    (false, verdict) => verdict,
                })
            }
            "requireany" => require(child.children(), request, false),
            "requireall" => require(child.children(), request, true),
            "requirenone" => require(child.children(), request, false).map(|verdict| match verdict {
                Verdict::Denied => Verdict::ByAddress,
                _ => Verdict::Denied,
            }),
            _ => None,
        })
        .collect();
    if all {
        verdicts.into_iter().max_by_key(|verdict| *verdict as u8)
    } else {
        verdicts.into_iter().min_by_key(|verdict| *verdict as u8)
    }
}

/// `Order`, `Deny`, `Allow` of Apache 2.2.
fn legacy(section: &Directive, request: &Request) -> Option<Verdict> {
    let order = section.named("order").last().map(|directive| directive.text().to_lowercase());
    let listed = |name: &str| {
        section.named(name).any(|directive| {
            directive.arguments.iter().skip(1).any(|word| word.text == "all" || inside(&word.text, request))
        })
    };
    let has = order.is_some() || section.named("deny").next().is_some();
    if !has {
        return None;
    }
    let allow_first = order.is_some_and(|order| order.replace(' ', "").contains("allow,deny"));
    let granted = if allow_first { listed("allow") && !listed("deny") } else { !listed("deny") || listed("allow") };
    Some(if granted { Verdict::ByAddress } else { Verdict::Denied })
}

fn inside(network: &str, request: &Request) -> bool {
    if let Ok(network) = network.parse::<IpNet>() {
        return network.contains(&request.from);
    }
    if let Ok(address) = network.parse::<std::net::IpAddr>() {
        return address == request.from;
    }
    // `10.1` is 10.1.0.0/16.
    let prefix = format!("{}.", network.trim_end_matches('.'));
    network.chars().all(|char| char.is_ascii_digit() || char == '.') && request.from.to_string().starts_with(&prefix)
}

/// Whether a section is for a path.
fn applies(section: &Directive, path: &str) -> bool {
    match section.name.text.as_str() {
        "location" if section.argument(0) == "~" => {
            compile(section.argument(1), false).is_some_and(|pattern| pattern.is_match(path))
        }
        "location" => {
            let prefix = section.argument(0);
            if prefix.contains(['*', '?']) {
                return globset::Glob::new(prefix).is_ok_and(|glob| glob.compile_matcher().is_match(path));
            }
            path == prefix
                || path.strip_prefix(prefix).is_some_and(|rest| prefix.ends_with('/') || rest.starts_with('/'))
        }
        "locationmatch" => compile(section.argument(0), false).is_some_and(|pattern| pattern.is_match(path)),
        _ => false,
    }
}

/// The first `ProxyPass` or `ProxyPassMatch` for a path, with the URL that it leads to.
fn proxy_pass<'h>(host: &'h Directive, path: &str) -> Option<(String, &'h Directive)> {
    for directive in host.children() {
        match directive.name.text.as_str() {
            "proxypass" => {
                let prefix = directive.argument(0);
                let Some(rest) = path.strip_prefix(prefix) else { continue };
                if !prefix.ends_with('/') && !rest.is_empty() && !rest.starts_with('/') {
                    continue;
                }
                if directive.argument(1) == "!" {
                    return None;
                }
                return Some((format!("{}{rest}", directive.argument(1)), directive));
            }
            "proxypassmatch" => {
                let Some(pattern) = compile(directive.argument(0), false) else { continue };
                let Some(found) = pattern.captures(path) else { continue };
                if directive.argument(1) == "!" {
                    return None;
                }
                let mut target = directive.argument(1).to_owned();
                let plain = !target.contains('$');
                for (index, group) in found.iter().enumerate() {
                    target = target.replace(&format!("${index}"), group.map_or("", |one| one.as_str()));
                }
                if plain {
                    target.push_str(path);
                }
                return Some((target, directive));
            }
            "location" | "locationmatch" if applies(directive, path) => {
                let Some(pass) = directive.named("proxypass").last() else { continue };
                if pass.argument(0) == "!" {
                    return None;
                }
                let rest = path.strip_prefix(directive.argument(0)).unwrap_or(path);
                return Some((format!("{}{rest}", pass.argument(0)), pass));
            }
            _ => {}
        }
    }
    None
}

fn redirect(host: &Directive, path: &str, request: &Request, answer: &mut Answer) -> Option<Site> {
    for directive in host.children() {
        let is_match = directive.name.text == "redirectmatch";
        if !matches!(directive.name.text.as_str(), "redirect" | "redirectmatch" | "redirectpermanent") {
            continue;
        }
        let words: Vec<&str> = directive.arguments.iter().map(|word| word.text.as_str()).collect();
        let (status, rest) = match words.split_first() {
            Some((&"permanent", rest)) => (301, rest),
            Some((&"temp", rest)) => (302, rest),
            Some((&"seeother", rest)) => (303, rest),
            Some((&"gone", rest)) => (410, rest),
            Some((first, rest)) if first.parse::<u16>().is_ok() => (first.parse().unwrap_or(302), rest),
            _ => (if directive.name.text == "redirectpermanent" { 301 } else { 302 }, words.as_slice()),
        };
        let from = rest.first().copied().unwrap_or("/");
        let to = rest.get(1).copied().unwrap_or("");
        let remainder = if is_match {
            compile(from, false).and_then(|pattern| pattern.is_match(path).then(String::new))
        } else {
            path.strip_prefix(from.trim_end_matches('/')).map(str::to_owned)
        };
        if let Some(remainder) = remainder {
            let redirects = (300..400).contains(&status);
            let location = redirects
                .then(|| format!("{}{remainder}", to.trim_end_matches('/').replace("%{HTTP_HOST}", &request.host)));
            answer.outcome = Outcome::Respond { status, location };
            return Some(directive.site);
        }
    }
    None
}

/// All must hold; neighbours joined by `[OR]` are alternatives.
fn conditions_hold(conditions: &[&Directive], request: &Request, path: &str) -> bool {
    let mut alternatives = false;
    for condition in conditions {
        let value = substitute(condition.argument(0), &[], request, path);
        let flags = condition.argument(2).to_lowercase();
        let (test, negated) = match condition.argument(1).strip_prefix('!') {
            Some(rest) => (rest, true),
            None => (condition.argument(1), false),
        };
        let matched = match test.strip_prefix('=') {
            Some(text) => value == text,
            None => compile(test, flags.contains("nc")).is_some_and(|pattern| pattern.is_match(&value)),
        };
        alternatives |= matched != negated;
        let joined = flags.trim_matches(['[', ']']).split(',').any(|flag| matches!(flag.trim(), "or" | "ornext"));
        if joined {
            continue;
        }
        if !alternatives {
            return false;
        }
        alternatives = false;
    }
    true
}

fn substitute(template: &str, groups: &[String], request: &Request, path: &str) -> String {
    let mut out = template.to_owned();
    for (index, group) in groups.iter().enumerate() {
        out = out.replace(&format!("${index}"), group);
    }
    let https = if request.scheme == "https" { "on" } else { "off" };
    for (name, value) in [
        ("%{HTTPS}", https),
        ("%{HTTP_HOST}", request.host.as_str()),
        ("%{SERVER_NAME}", request.host.as_str()),
        ("%{REQUEST_URI}", path),
        ("%{REQUEST_METHOD}", request.method.as_str()),
        ("%{REQUEST_SCHEME}", request.scheme.as_str()),
        ("%{HTTP:Upgrade}", request.header("upgrade").unwrap_or("")),
        ("%{HTTP:UPGRADE}", request.header("upgrade").unwrap_or("")),
        ("%{HTTP:Connection}", request.header("connection").unwrap_or("")),
        ("%{HTTP:CONNECTION}", request.header("connection").unwrap_or("")),
    ] {
        out = out.replace(name, value);
    }
    out = out.replace("%{REMOTE_ADDR}", &request.from.to_string());
    out = out.replace("%{SERVER_PORT}", &request.port.to_string());
    out.replace("%{QUERY_STRING}", request.target.split_once('?').map_or("", |(_, query)| query))
}

fn compile(pattern: &str, ignore_case: bool) -> Option<Regex> {
    regex::RegexBuilder::new(&pattern.replace("\\/", "/"))
        .case_insensitive(ignore_case)
        .size_limit(1 << 20)
        .build()
        .ok()
}

fn host_name(text: &str) -> String {
    let text = text.split_once("://").map_or(text, |(_, rest)| rest);
    text.split(':').next().unwrap_or(text).to_lowercase()
}

fn matches_name(name: &str, host: &str) -> bool {
    if name.contains(['*', '?']) {
        return globset::Glob::new(name).is_ok_and(|glob| glob.compile_matcher().is_match(host));
    }
    name == host
}

/// `SSLProtocol all -SSLv3`, in the spelling of nginx.
fn protocols(directive: &Directive) -> Vec<String> {
    let mut on: Vec<String> = Vec::new();
    let all = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
    for word in &directive.arguments {
        let (sign, name) = match word.text.split_at_checked(1) {
            Some((sign @ ("+" | "-"), name)) => (sign, name),
            _ => ("", word.text.as_str()),
        };
        let names: Vec<String> = if name.eq_ignore_ascii_case("all") {
            all.iter().map(|one| (*one).to_owned()).collect()
        } else {
            vec![name.to_owned()]
        };
        if sign == "-" {
            on.retain(|one| !names.iter().any(|name| name.eq_ignore_ascii_case(one)));
        } else {
            on.extend(names);
        }
    }
    on
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn answer(text: &str, method: &str, url: &str) -> String {
        let (directives, problems) = crate::read::apache::parse(FileId(0), text);
        assert!(problems.is_empty(), "{problems:?}");
        Apache::new(directives).unwrap().answer(&Request::from_url(method, url).unwrap()).summary()
    }

    const SITE: &str = r#"
<VirtualHost *:80>
  ServerName erp.example.com
  RewriteEngine On
  RewriteCond %{HTTPS} off
  RewriteRule ^ https://%{HTTP_HOST}%{REQUEST_URI} [R=301,L]
</VirtualHost>
<VirtualHost *:443>
  ServerName erp.example.com
  SSLEngine on
  SSLProtocol all -TLSv1 -TLSv1.1
  RewriteEngine On
  RewriteCond %{HTTP:Upgrade} websocket [NC]
  RewriteRule ^/websocket ws://127.0.0.1:8072/websocket [P,L]
  RewriteRule ^/web/database - [F,L]
  <LocationMatch "^/(xmlrpc|jsonrpc)">
    Require ip 10.0.0.0/8
  </LocationMatch>
  ProxyPass /static !
  ProxyPass / http://127.0.0.1:8069/
</VirtualHost>
"#;

    #[test]
    fn requests_meet_what_the_modules_say() {
        assert_eq!(answer(SITE, "GET", "http://erp.example.com/web"), "301, to https://erp.example.com/web");
        assert_eq!(answer(SITE, "GET", "https://erp.example.com/web/database/manager"), "403 by the proxy itself");
        assert_eq!(answer(SITE, "POST", "https://erp.example.com/xmlrpc/2/common"), "403 by the proxy itself");
        assert_eq!(
            answer(SITE, "GET", "https://erp.example.com/web/login?x=1"),
            "passed on to http://127.0.0.1:8069, which sees /web/login?x=1"
        );
        assert!(answer(SITE, "GET", "https://erp.example.com/static/x").starts_with("the file"));
    }

    #[test]
    fn protocols_add_and_take_away() {
        let (directives, _) = crate::read::apache::parse(FileId(0), SITE);
        let sites = Apache::new(directives).unwrap().sites();
        assert_eq!(sites[1].tls.protocols.as_ref().unwrap().0, ["TLSv1.2", "TLSv1.3"]);
    }
}
