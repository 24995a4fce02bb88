//! Apache HTTP Server: which virtual host, which rewriting, which access rule, which `ProxyPass`.
//!
//! Order of a request, as the modules hook in: `RewriteRule` of the server, `ProxyPass` (of the last `<Location>` first),
//! `Redirect`; the sections that apply are merged in order, `<If>` last, each replacing the access rules before it. Sources: Apache documentation, "Configuration Sections", mod_proxy,
//! mod_rewrite, mod_authz_core.

mod access;
mod expression;
mod rewrite;

use regex::Regex;

use self::expression::Context;
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
        let environment = self.environment(host, request, &path);
        let asked = path.clone();
        let context = Context { request, path: &asked, environment: &environment };
        let sections = match self.sections(host, &context) {
            Ok(sections) => sections,
            Err(section) => {
                answer.step(Some(section.site), format!("<{}>", section.text()));
                answer.outcome = Outcome::Unknown { reason: format!("whether <{}> applies", section.text()) };
                return answer;
            }
        };
        self.details(host, &sections, &mut answer);
        let mut target = request.clone();
        if !self.rewrite(host, &mut target, &mut path, &environment, &mut answer) {
            if let Some((url, directive)) = proxy_pass(host, &sections, &path) {
                answer.step(Some(directive.site), directive.text());
                self.proxied(&url, directive, &path, &target, &mut answer);
            } else if let Some(directive) = redirect(host, &sections, &path, &target, &mut answer) {
                answer.step(Some(directive), "redirect");
                return answer;
            } else {
                let root = self.value(host, "documentroot");
                answer.outcome = Outcome::File {
                    path: format!("{}{path}", root.map_or("/var/www/html", |directive| directive.argument(0))),
                };
                answer.step(root.map(|directive| directive.site), "served from the disk");
            }
        }
        self.access(host, &sections, &context, &mut answer);
        answer
    }

    /// The sections that apply to a request, in the order in which Apache merges them. The error is an `<If>` that cannot
    /// be told.
    fn sections<'a>(&'a self, host: &'a Directive, context: &Context) -> Result<Vec<&'a Directive>, &'a Directive> {
        let all = || self.top.iter().chain(host.children());
        let mut out: Vec<&Directive> = all().filter(|section| applies(section, context.path)).collect();
        let locations = out.clone();
        for outer in
            [self.top.as_slice(), host.children()].into_iter().chain(locations.iter().map(|one| one.children()))
        {
            let mut chosen = false;
            for section in outer {
                let holds = match section.name.text.as_str() {
                    "if" => context.holds(&arguments(section)),
                    "elseif" if !chosen => context.holds(&arguments(section)),
                    "else" => Some(!chosen),
                    _ => continue,
                };
                let matters = section.children().iter().any(|child| {
                    !matches!(
                        child.name.text.as_str(),
                        "header" | "requestheader" | "setenv" | "expiresdefault" | "proxypreservehost"
                    )
                });
                match holds {
                    Some(true) => out.push(section),
                    None if matters => return Err(section),
                    _ => {}
                }
                chosen = holds == Some(true) || (chosen && section.name.text == "elseif");
            }
        }
        Ok(out)
    }

    /// Variables that `SetEnvIf` and its kin set.
    fn environment(&self, host: &Directive, request: &Request, path: &str) -> Vec<(String, String)> {
        let mut out: Vec<(String, String)> = Vec::new();
        for directive in self.top.iter().chain(host.children()) {
            let words: Vec<&str> = directive.arguments.iter().map(|word| word.text.as_str()).collect();
            let (attribute, pattern, names) = match (directive.name.text.as_str(), words.as_slice()) {
                ("setenvif" | "setenvifnocase", [attribute, pattern, names @ ..]) => (*attribute, *pattern, names),
                ("browsermatch" | "browsermatchnocase", [pattern, names @ ..]) => ("User-Agent", *pattern, names),
                _ => continue,
            };
            let context = Context { request, path, environment: &out };
            let value = match attribute.to_lowercase().as_str() {
                "remote_addr" => context.variable("REMOTE_ADDR"),
                "request_uri" => context.variable("REQUEST_URI"),
                "request_method" => context.variable("REQUEST_METHOD"),
                "remote_host" | "server_addr" => None,
                _ => context.variable(&format!("HTTP:{attribute}")),
            };
            let insensitive = directive.name.text.ends_with("nocase");
            let holds = value
                .is_some_and(|value| compile(pattern, insensitive).is_some_and(|pattern| pattern.is_match(&value)));
            if !holds {
                continue;
            }
            for name in names {
                match (name.strip_prefix('!'), name.split_once('=')) {
                    (Some(name), _) => out.retain(|(have, _)| have != name),
                    (None, Some((name, value))) => out.push((name.to_owned(), value.to_owned())),
                    (None, None) => out.push(((*name).to_owned(), "1".to_owned())),
                }
            }
        }
        out
    }

    /// Headers, sizes and times of the virtual host and of the locations that apply.
    fn details(&self, host: &Directive, sections: &[&Directive], answer: &mut Answer) {
        let mut blocks: Vec<&Directive> = vec![host];
        blocks.extend(sections);
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
}

/// The arguments as one text.
fn arguments(directive: &Directive) -> String {
    directive.arguments.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
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
                return globset::GlobBuilder::new(prefix).literal_separator(true).build().is_ok_and(|glob| {
                    let matcher = glob.compile_matcher();
                    // A pattern is for the folder and what is in it.
                    path.match_indices('/')
                        .map(|(at, _)| at)
                        .chain([path.len()])
                        .any(|at| path.get(..at).is_some_and(|part| matcher.is_match(part)))
                });
            }
            path == prefix
                || path.strip_prefix(prefix).is_some_and(|rest| prefix.ends_with('/') || rest.starts_with('/'))
        }
        "locationmatch" => compile(section.argument(0), false).is_some_and(|pattern| pattern.is_match(path)),
        _ => false,
    }
}

/// The `ProxyPass` or `ProxyPassMatch` for a path, with the URL that it leads to: of the last section that has one, else the
/// first of the virtual host.
fn proxy_pass<'h>(host: &'h Directive, sections: &[&'h Directive], path: &str) -> Option<(String, &'h Directive)> {
    let inside = sections.iter().rev().find_map(|section| {
        let pass = section
            .children()
            .iter()
            .rfind(|child| matches!(child.name.text.as_str(), "proxypass" | "proxypassmatch"))?;
        Some((*section, pass))
    });
    if let Some((section, pass)) = inside {
        if pass.argument(0) == "!" {
            return None;
        }
        let by_pattern = section.name.text == "locationmatch" || section.argument(0) == "~";
        if by_pattern || section.name.text == "if" {
            let pattern = if section.argument(0) == "~" { section.argument(1) } else { section.argument(0) };
            let found = compile(pattern, false).filter(|_| by_pattern)?;
            return Some((with_groups(pass.argument(0), &found, path), pass));
        }
        let rest = path.strip_prefix(section.argument(0)).unwrap_or(path);
        return Some((format!("{}{rest}", pass.argument(0)), pass));
    }
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
                if !pattern.is_match(path) {
                    continue;
                }
                if directive.argument(1) == "!" {
                    return None;
                }
                return Some((with_groups(directive.argument(1), &pattern, path), directive));
            }
            _ => {}
        }
    }
    None
}

/// A target with `$1` filled in; without any, the path is added.
fn with_groups(target: &str, pattern: &Regex, path: &str) -> String {
    if !target.contains('$') {
        return format!("{target}{path}");
    }
    pattern.captures(path).map_or_else(|| target.to_owned(), |found| fill(target, '$', &groups(&found)))
}

/// The groups of a match; those that took no part are empty.
fn groups(found: &regex::Captures) -> Vec<String> {
    found.iter().map(|group| group.map_or(String::new(), |one| one.as_str().to_owned())).collect()
}

/// Puts groups in: `$1` or `%1`.
fn fill(template: &str, mark: char, groups: &[String]) -> String {
    let mut out = String::new();
    let mut chars = template.chars().peekable();
    while let Some(char) = chars.next() {
        let digit = (char == mark).then(|| chars.peek().and_then(|next| next.to_digit(10))).flatten();
        match digit {
            Some(digit) => {
                chars.next();
                out.push_str(groups.get(digit as usize).map_or("", String::as_str));
            }
            None => out.push(char),
        }
    }
    out
}

/// `Redirect` and its kin: of the sections, then of the virtual host.
fn redirect(
    host: &Directive,
    sections: &[&Directive],
    path: &str,
    request: &Request,
    answer: &mut Answer,
) -> Option<Site> {
    let is_redirect = |one: &&Directive| {
        matches!(one.name.text.as_str(), "redirect" | "redirectmatch" | "redirectpermanent" | "redirecttemp")
    };
    let inside = sections.iter().rev().flat_map(|section| section.children().iter().map(|one| (one, true)));
    let directives = inside.chain(host.children().iter().map(|one| (one, false)));
    for (directive, in_section) in directives.filter(|(one, _)| is_redirect(one)) {
        let words: Vec<&str> = directive.arguments.iter().map(|word| word.text.as_str()).collect();
        let (status, rest) = match words.split_first() {
            Some((&"permanent", rest)) => (301, rest),
            Some((&"temp", rest)) => (302, rest),
            Some((&"seeother", rest)) => (303, rest),
            Some((&"gone", rest)) => (410, rest),
            Some((first, rest)) if first.parse::<u16>().is_ok() => (first.parse().unwrap_or(302), rest),
            _ => (if directive.name.text == "redirectpermanent" { 301 } else { 302 }, words.as_slice()),
        };
        let redirects = (300..400).contains(&status);
        let needs = 1 + usize::from(redirects);
        let location = if in_section && rest.len() < needs {
            // In a section the target stands alone and nothing is added to it.
            Some(rest.first().copied().unwrap_or("").to_owned())
        } else {
            let from = rest.first().copied().unwrap_or("/");
            let to = rest.get(1).copied().unwrap_or("");
            if directive.name.text == "redirectmatch" {
                compile(from, false)
                    .and_then(|pattern| pattern.captures(path).map(|found| fill(to, '$', &groups(&found))))
            } else {
                path.strip_prefix(from)
                    .filter(|rest| from.ends_with('/') || rest.is_empty() || rest.starts_with('/'))
                    .map(|rest| format!("{to}{rest}"))
            }
        };
        if let Some(mut location) = location {
            if let Some((_, query)) = request.target.split_once('?')
                && !location.contains('?')
            {
                location.push('?');
                location.push_str(query);
            }
            answer.outcome = Outcome::Respond { status, location: redirects.then_some(location) };
            return Some(directive.site);
        }
    }
    None
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
