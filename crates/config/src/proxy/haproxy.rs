//! HAProxy: a frontend's rules in order, then its backend's.
//!
//! Source: HAProxy configuration manual, "Using ACLs and fetching samples", "http-request", "use_backend".

use ipnet::IpNet;
use regex::Regex;

use super::{Answer, HeaderSet, Listen, Outcome, RateLimit, Request, Tls, VirtualSite, seconds};
use crate::read::Directive;
use crate::source::Word;

/// HAProxy's configuration.
pub struct Haproxy {
    sections: Vec<Directive>,
}

impl Haproxy {
    /// From its sections; `None` when nothing listens.
    #[must_use]
    pub fn new(sections: Vec<Directive>) -> Option<Self> {
        let listens = sections.iter().any(|section| matches!(section.name.text.as_str(), "frontend" | "listen"));
        listens.then_some(Self { sections })
    }

    fn frontends(&self) -> impl Iterator<Item = &Directive> {
        self.sections.iter().filter(|section| matches!(section.name.text.as_str(), "frontend" | "listen"))
    }

    fn defaults(&self) -> impl Iterator<Item = &Directive> {
        self.sections.iter().filter(|section| section.name.text == "defaults").flat_map(Directive::children)
    }

    pub(super) fn sites(&self) -> Vec<VirtualSite> {
        let minimum = self.sections.iter().filter(|section| section.name.text == "global").find_map(|global| {
            let options = global.named("ssl-default-bind-options").next()?;
            let words: Vec<&str> = options.arguments.iter().map(|word| word.text.as_str()).collect();
            Some((versions(&words)?, options.site))
        });
        let ciphers = self.sections.iter().filter(|section| section.name.text == "global").find_map(|global| {
            global.named("ssl-default-bind-ciphers").next().map(|one| (one.argument(0).to_owned(), one.site))
        });
        self.frontends()
            .map(|frontend| {
                let listens = binds(frontend);
                let own = frontend.named("bind").find_map(|bind| {
                    let words: Vec<&str> = bind.arguments.iter().map(|word| word.text.as_str()).collect();
                    Some((versions(&words)?, bind.site))
                });
                let mut names: Vec<String> = frontend
                    .children()
                    .iter()
                    .flat_map(|line| line.arguments.iter().zip(line.arguments.iter().skip(1)))
                    .filter(|(fetch, _)| matches!(fetch.text.as_str(), "hdr(host)" | "req.hdr(host)"))
                    .map(|(_, value)| value.text.clone())
                    .filter(|name| !name.starts_with('-') && name.contains('.'))
                    .collect();
                names.dedup();
                VirtualSite {
                    is_default: true,
                    names,
                    listens,
                    tls: Tls { protocols: own.or_else(|| minimum.clone()), ciphers: ciphers.clone(), keys: Vec::new() },
                    site: frontend.site,
                }
            })
            .collect()
    }

    /// What a request meets.
    #[must_use]
    pub fn answer(&self, request: &Request) -> Answer {
        let mut answer = Answer::new();
        let frontend = self.frontends().find(|frontend| {
            binds(frontend).iter().any(|bind| bind.port == request.port && bind.tls == (request.scheme == "https"))
        });
        let Some(frontend) = frontend else {
            answer.outcome =
                Outcome::Unknown { reason: format!("no {} frontend on port {}", request.scheme, request.port) };
            return answer;
        };
        answer.step(Some(frontend.site), frontend.text());
        answer.upgrades = true;
        answer.body_limit = Some(0);
        let mut state = State::new(request);
        for line in self.defaults() {
            option(line, &mut answer);
        }
        if rules(frontend, &mut state, &mut answer) {
            return answer;
        }
        let mut chosen = None;
        for line in frontend.named("use_backend") {
            match condition(frontend, &line.arguments, &state, &mut Vec::new()) {
                Some(false) => {}
                Some(true) => {
                    chosen = Some(line);
                    break;
                }
                None => return unknown(answer, line),
            }
        }
        let chosen = chosen
            .or_else(|| frontend.named("default_backend").last())
            .or_else(|| self.defaults().filter(|line| line.name.text == "default_backend").last());
        let backend = match chosen {
            Some(line) if line.argument(0).contains("%[") => return unknown(answer, line),
            Some(line) => {
                answer.step(Some(line.site), line.text());
                self.sections.iter().find(|section| {
                    matches!(section.name.text.as_str(), "backend" | "listen")
                        && section.argument(0) == line.argument(0)
                })
            }
            None if frontend.name.text == "listen" => Some(frontend),
            None => None,
        };
        let Some(backend) = backend else {
            answer.respond(503);
            return answer;
        };
        if !std::ptr::eq(backend, frontend) && rules(backend, &mut state, &mut answer) {
            return answer;
        }
        let servers: Vec<String> = backend.named("server").map(|server| server.argument(1).to_owned()).collect();
        answer.step(Some(backend.site), backend.text());
        answer.outcome =
            Outcome::Proxy { upstream: format!("backend {}", backend.argument(0)), servers, path: state.target() };
        answer
    }
}

/// A rule whose condition depends on what the configuration does not hold.
fn unknown(mut answer: Answer, line: &Directive) -> Answer {
    answer.step(Some(line.site), line.text());
    answer.outcome = Outcome::Unknown { reason: format!("whether `{}` applies", line.text()) };
    answer
}

/// The request as the rules have changed it so far. HAProxy compares the path as it was sent: neither decoded nor tidied.
struct State<'r> {
    request: &'r Request,
    path: String,
    query: Option<String>,
    variables: Vec<(String, String)>,
}

impl<'r> State<'r> {
    fn new(request: &'r Request) -> Self {
        let query = request.target.split_once('?').map(|(_, query)| query.to_owned());
        Self { request, path: request.path().to_owned(), query, variables: Vec::new() }
    }

    fn target(&self) -> String {
        self.query.as_ref().map_or_else(|| self.path.clone(), |query| format!("{}?{query}", self.path))
    }

    fn host(&self) -> String {
        let standard = if self.request.scheme == "https" { 443 } else { 80 };
        if self.request.port == standard {
            self.request.host.clone()
        } else {
            format!("{}:{}", self.request.host, self.request.port)
        }
    }

    /// The values of a sample fetch with its converters: `hdr(host),lower`. `None` when it is not known here.
    fn fetch(&self, expression: &str) -> Option<Vec<String>> {
        let mut parts = split_converters(expression).into_iter();
        let first = parts.next()?;
        let (name, argument) = call(&first);
        let mut values = match name {
            "path" => vec![self.path.clone()],
            "pathq" => vec![self.target()],
            "url" => vec![self.target()],
            "base" => vec![format!("{}{}", self.host(), self.path)],
            "query" => vec![self.query.clone().unwrap_or_default()],
            "method" => vec![self.request.method.clone()],
            "src" => vec![self.request.from.to_string()],
            "dst_port" => vec![self.request.port.to_string()],
            "ssl_fc" => vec![u8::from(self.request.scheme == "https").to_string()],
            "ssl_fc_sni" | "req.ssl_sni" if self.request.scheme == "https" => vec![self.request.host.clone()],
            "always_true" => vec!["1".to_owned()],
            "always_false" | "http_auth" | "http_auth_group" => vec!["0".to_owned()],
            // Servers are taken as up.
            "nbsrv" | "srv_is_up" | "wait_end" | "req.proto_http" => vec!["1".to_owned()],
            "str" => vec![argument.to_owned()],
            "url_param" | "urlp" => {
                let query = self.query.as_deref().unwrap_or_default();
                query
                    .split('&')
                    .filter_map(|pair| pair.split_once('='))
                    .filter(|(key, _)| *key == argument)
                    .map(|(_, value)| value.to_owned())
                    .collect()
            }
            "var" => {
                self.variables.iter().rev().filter(|(key, _)| key == argument).map(|(_, v)| v.clone()).take(1).collect()
            }
            "hdr" | "req.hdr" | "req.fhdr" | "fhdr" => {
                let header = argument.split(',').next().unwrap_or("").to_lowercase();
                let whole = match header.as_str() {
                    "host" => Some(self.host()),
                    header => self.request.header(header).map(str::to_owned),
                };
                match whole {
                    None => Vec::new(),
                    Some(whole) if name.ends_with("fhdr") => vec![whole],
                    Some(whole) => whole.split(',').map(|one| one.trim().to_owned()).collect(),
                }
            }
            _ => return None,
        };
        for converter in parts {
            let (name, argument) = call(&converter);
            for value in &mut values {
                *value = convert(value, name, argument)?;
            }
        }
        Some(values)
    }

    /// A log format: `/shop%[path]`.
    fn format(&self, text: &str) -> Option<String> {
        let mut out = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("%[") {
            out.push_str(before);
            let (expression, after) = after.split_once(']')?;
            out.push_str(self.fetch(expression)?.first().map_or("", String::as_str));
            rest = after;
        }
        out.push_str(rest);
        Some(out)
    }
}

/// `hdr(host),field(1,:),lower` at its outer commas.
fn split_converters(expression: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0_usize;
    for char in expression.chars() {
        match char {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = parts.last_mut() {
            last.push(char);
        }
    }
    parts
}

/// `name(argument)`.
fn call(text: &str) -> (&str, &str) {
    text.split_once('(').map_or((text, ""), |(name, rest)| (name, rest.strip_suffix(')').unwrap_or(rest)))
}

fn convert(value: &str, name: &str, argument: &str) -> Option<String> {
    Some(match name {
        "lower" => value.to_lowercase(),
        "upper" => value.to_uppercase(),
        "url_dec" => super::percent_decode(value),
        "host_only" => value.split(':').next().unwrap_or(value).to_lowercase(),
        "port_only" => value.split_once(':').map_or("0", |(_, port)| port).to_owned(),
        "field" | "word" => {
            let (index, separators) = argument.split_once(',')?;
            let index: usize = index.trim().parse().ok()?;
            let pieces = value.split(|char| separators.contains(char));
            let mut pieces: Box<dyn Iterator<Item = &str>> =
                if name == "word" { Box::new(pieces.filter(|piece| !piece.is_empty())) } else { Box::new(pieces) };
            pieces.nth(index.checked_sub(1)?).unwrap_or("").to_owned()
        }
        "regsub" => {
            let (pattern, rest) = argument.split_once(',')?;
            let (with, flags) = rest.split_once(',').unwrap_or((rest, ""));
            let pattern = expression(pattern, flags.contains('i'))?;
            let with = references(with);
            if flags.contains('g') {
                pattern.replace_all(value, with.as_str()).into_owned()
            } else {
                pattern.replace(value, with.as_str()).into_owned()
            }
        }
        _ => return None,
    })
}

/// `\\1` in the spelling of the library.
fn references(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.replace('$', "$$").chars().collect::<Vec<_>>().into_iter().peekable();
    while let Some(char) = chars.next() {
        match (char, chars.peek().copied()) {
            ('\\', Some(digit)) if digit.is_ascii_digit() => {
                chars.next();
                out.push_str(&format!("${{{digit}}}"));
            }
            _ => out.push(char),
        }
    }
    out
}

fn expression(pattern: &str, ignore_case: bool) -> Option<Regex> {
    regex::RegexBuilder::new(pattern).case_insensitive(ignore_case).size_limit(1 << 20).build().ok()
}

/// `ssl-min-ver TLSv1.2`, `no-sslv3 no-tlsv10`.
fn versions(words: &[&str]) -> Option<Vec<String>> {
    let all = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
    let spelled = ["TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"];
    if let Some(at) = words.iter().position(|word| *word == "ssl-min-ver") {
        let from = spelled.iter().position(|name| words.get(at + 1) == Some(name))?;
        return Some(all.get(from..)?.iter().map(|name| (*name).to_owned()).collect());
    }
    let off = ["no-tlsv10", "no-tlsv11", "no-tlsv12", "no-tlsv13"];
    words.iter().any(|word| off.contains(word)).then(|| {
        all.iter().zip(off).filter(|(_, flag)| !words.contains(flag)).map(|(name, _)| (*name).to_owned()).collect()
    })
}

fn binds(frontend: &Directive) -> Vec<Listen> {
    frontend
        .named("bind")
        .flat_map(|bind| {
            let tls = bind.arguments.iter().any(|word| word.text == "ssl");
            bind.argument(0)
                .split(',')
                .filter_map(|target| {
                    let (address, port) = target.rsplit_once(':')?;
                    let address =
                        address.trim_start_matches("ipv4@").trim_start_matches("ipv6@").trim_matches(['[', ']']);
                    let address: Option<std::net::IpAddr> = address.parse().ok();
                    let address = address.filter(|address| !address.is_unspecified());
                    Some(Listen { address, port: port.split('-').next()?.parse().ok()?, tls, site: bind.site })
                })
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Options and times, of defaults and of a section.
fn option(line: &Directive, answer: &mut Answer) {
    match (line.name.text.as_str(), line.argument(0)) {
        ("option", "forwardfor") => answer.forwarded.push(HeaderSet {
            name: "X-Forwarded-For".into(),
            value: "%[src]".into(),
            always: true,
            site: line.site,
        }),
        ("timeout", "server") => {
            answer.read_timeout = seconds(line.argument(1)).map(|time| {
                // A bare number is in milliseconds.
                if line.argument(1).chars().all(|char| char.is_ascii_digit()) { time / 1000 } else { time }
            })
        }
        _ => {}
    }
}

/// The rules of a section: connections, then `http-request` in order, then `redirect`. `true` when one ended the request.
fn rules(section: &Directive, state: &mut State, answer: &mut Answer) -> bool {
    for line in section.children() {
        option(line, answer);
        match (line.name.text.as_str(), line.argument(0)) {
            ("http-response", "set-header" | "add-header") => {
                answer.headers.push(HeaderSet {
                    name: line.argument(1).to_owned(),
                    value: line.argument(2).to_owned(),
                    always: true,
                    site: line.site,
                });
            }
            ("http-response", "replace-header") if line.argument(1).eq_ignore_ascii_case("set-cookie") => {
                answer.secures_cookies |= line.arguments.iter().any(|word| word.text.to_lowercase().contains("secure"));
            }
            ("monitor-uri", uri) if uri == state.path => {
                answer.step(Some(line.site), line.text());
                answer.respond(200);
                return true;
            }
            _ => {}
        }
    }
    let kind = |line: &&Directive| match line.name.text.as_str() {
        "tcp-request" | "block" => 0,
        "http-request" => 1,
        "redirect" => 2,
        _ => 3,
    };
    let mut lines: Vec<&Directive> = section.children().iter().filter(|line| kind(line) < 3).collect();
    lines.sort_by_key(kind);
    let mut allowed = false;
    for line in lines {
        if allowed && line.name.text == "http-request" {
            continue;
        }
        match rule(section, line, state, answer) {
            Step::Goes => {}
            Step::Allowed => allowed = true,
            Step::Ends => return true,
        }
    }
    false
}

enum Step {
    Goes,
    Allowed,
    Ends,
}

/// One rule.
fn rule(section: &Directive, line: &Directive, state: &mut State, answer: &mut Answer) -> Step {
    let words = &line.arguments;
    let mut rates = Vec::new();
    let holds = condition(section, words, state, &mut rates);
    let plain: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let after =
        |name: &str| plain.windows(2).find(|pair| pair.first() == Some(&name)).and_then(|pair| pair.get(1)).copied();
    let redirect = line.name.text == "redirect";
    let action = if redirect {
        "redirect"
    } else if line.name.text == "block" {
        "deny"
    } else {
        match plain.as_slice() {
            ["connection" | "content" | "session", action, ..] if line.name.text == "tcp-request" => action,
            [action, ..] => action,
            [] => return Step::Goes,
        }
    };
    let ends =
        matches!(action, "deny" | "tarpit" | "reject" | "silent-drop" | "auth" | "return" | "redirect" | "allow");
    if ends && action == "deny" || matches!(action, "tarpit" | "reject" | "silent-drop") {
        for rate in &rates {
            answer.limits.push(RateLimit { per_second: *rate, by_client: true, site: line.site });
        }
    }
    if ends && holds.is_none() {
        answer.step(Some(line.site), line.text());
        answer.outcome = Outcome::Unknown { reason: format!("whether `{}` applies", line.text()) };
        return Step::Ends;
    }
    if holds != Some(true) {
        return Step::Goes;
    }
    match action {
        "deny" | "tarpit" | "reject" | "silent-drop" => {
            answer.step(Some(line.site), line.text());
            if plain.contains(&"src") || mentions_source(section, words) {
                answer.by_address = Some(line.site);
            }
            let standard = match action {
                "tarpit" => 500,
                "deny" => 403,
                _ => 444,
            };
            answer.respond(after("deny_status").and_then(|code| code.parse().ok()).unwrap_or(standard));
            return Step::Ends;
        }
        "allow" if line.name.text == "http-request" => return Step::Allowed,
        "auth" => {
            answer.step(Some(line.site), line.text());
            answer.asks = Some(line.site);
            answer.respond(401);
            return Step::Ends;
        }
        "return" => {
            answer.step(Some(line.site), line.text());
            answer.respond(after("status").and_then(|code| code.parse().ok()).unwrap_or(200));
            return Step::Ends;
        }
        "set-header" | "add-header" => answer.forwarded.push(HeaderSet {
            name: line.argument(1).to_owned(),
            value: line.argument(2).to_owned(),
            always: true,
            site: line.site,
        }),
        "del-header" => answer.forwarded.push(HeaderSet {
            name: line.argument(1).to_owned(),
            value: String::new(),
            always: true,
            site: line.site,
        }),
        "set-path" => {
            if let Some(path) = state.format(line.argument(1)) {
                state.path = path;
            }
        }
        "normalize-uri" => match line.argument(1) {
            "path-merge-slashes" | "path-strip-dot" | "path-strip-dotdot" => state.path = super::tidy(&state.path),
            "percent-decode-unreserved" => state.path = decode_unreserved(&state.path),
            _ => {}
        },
        "set-query" => state.query = state.format(line.argument(1)).filter(|query| !query.is_empty()),
        "set-uri" | "set-pathq" => {
            if let Some(target) = state.format(line.argument(1)) {
                set_target(state, &target);
            }
        }
        "replace-path" => {
            if let Some(pattern) = expression(line.argument(1), false) {
                state.path = pattern.replace(&state.path, references(line.argument(2)).as_str()).into_owned();
            }
        }
        "replace-uri" | "replace-pathq" => {
            if let Some(pattern) = expression(line.argument(1), false) {
                let target = pattern.replace(&state.target(), references(line.argument(2)).as_str()).into_owned();
                set_target(state, &target);
            }
        }
        "redirect" => {
            let code = after("code").and_then(|code| code.parse().ok());
            let text = |text: &str| state.format(text).unwrap_or_else(|| text.to_owned());
            let location = if let Some(scheme) = after("scheme") {
                format!("{}://{}{}", text(scheme), state.host(), state.target())
            } else if let Some(prefix) = after("prefix") {
                let target = if plain.contains(&"drop-query") { state.path.clone() } else { state.target() };
                format!("{}{target}", if prefix == "/" { String::new() } else { text(prefix) })
            } else {
                after("location").map(text).unwrap_or_default()
            };
            answer.step(Some(line.site), line.text());
            answer.outcome = Outcome::Respond { status: code.unwrap_or(302), location: Some(location) };
            return Step::Ends;
        }
        action => {
            if let Some(name) = action.strip_prefix("set-var(")
                && let Some(values) = plain.get(1).and_then(|expression| state.fetch(expression))
            {
                let name = name.trim_end_matches(')').to_owned();
                state.variables.push((name, values.into_iter().next().unwrap_or_default()));
            }
        }
    }
    Step::Goes
}

/// Decodes letters, digits and `-._~`, and leaves the rest encoded.
fn decode_unreserved(path: &str) -> String {
    let mut out = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('%') {
        out.push_str(before);
        let decoded = after
            .get(..2)
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
            .map(char::from)
            .filter(|char| char.is_ascii_alphanumeric() || "-._~".contains(*char));
        match decoded {
            Some(char) => {
                out.push(char);
                rest = after.get(2..).unwrap_or("");
            }
            None => {
                out.push('%');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

fn set_target(state: &mut State, target: &str) {
    let (path, query) = target.split_once('?').map_or((target, None), |(path, query)| (path, Some(query.to_owned())));
    state.path = path.to_owned();
    state.query = query;
}

fn mentions_source(section: &Directive, words: &[Word]) -> bool {
    section.named("acl").any(|acl| {
        acl.argument(1) == "src" && words.iter().any(|word| word.text.trim_start_matches('!') == acl.argument(0))
    })
}

/// The condition behind `if` or `unless`; `None` when it cannot be told. Rates that it compares with go to `rates` and
/// count as not reached.
fn condition(section: &Directive, words: &[Word], state: &State, rates: &mut Vec<Option<f64>>) -> Option<bool> {
    let Some(at) = words.iter().position(|word| matches!(word.text.as_str(), "if" | "unless")) else {
        return Some(true);
    };
    let negated = words.get(at).is_some_and(|word| word.text == "unless");
    let mut any = Some(false);
    let mut all = Some(true);
    let mut index = at + 1;
    while let Some(word) = words.get(index) {
        index += 1;
        if matches!(word.text.as_str(), "or" | "||") {
            any = either(any, all);
            all = Some(true);
            continue;
        }
        let (name, not) = word.text.strip_prefix('!').map_or((word.text.as_str(), false), |rest| (rest, true));
        let value = if name == "{" || (name.is_empty() && words.get(index).is_some_and(|next| next.text == "{")) {
            if name.is_empty() {
                index += 1;
            }
            let end =
                words.iter().skip(index).position(|word| word.text == "}").map_or(words.len(), |found| index + found);
            let inner: Vec<&str> = words.get(index..end).unwrap_or(&[]).iter().map(|word| word.text.as_str()).collect();
            index = end + 1;
            test(&inner, state, rates)
        } else {
            named(section, name, state, rates)
        };
        all = both(all, value.map(|value| value != not));
    }
    either(any, all).map(|value| value != negated)
}

/// An ACL by name: lines with the same name are alternatives.
fn named(section: &Directive, name: &str, state: &State, rates: &mut Vec<Option<f64>>) -> Option<bool> {
    match name {
        "TRUE" | "HTTP" => return Some(true),
        "FALSE" => return Some(false),
        "LOCALHOST" => return Some(state.request.from.is_loopback()),
        "HTTP_1.0" => return Some(false),
        "HTTP_1.1" => return Some(true),
        name if name.starts_with("METH_") => {
            let method = name.strip_prefix("METH_").unwrap_or_default();
            return Some(state.request.method == method || (method == "GET" && state.request.method == "HEAD"));
        }
        _ => {}
    }
    let mut value = None;
    for acl in section.named("acl").filter(|acl| acl.argument(0) == name) {
        let inner: Vec<&str> = acl.arguments.iter().skip(1).map(|word| word.text.as_str()).collect();
        let one = test(&inner, state, rates);
        value = Some(value.map_or(one, |value| either(value, one)));
    }
    value.flatten()
}

const fn either(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

const fn both(left: Option<bool>, right: Option<bool>) -> Option<bool> {
    match (left, right) {
        (Some(false), _) | (_, Some(false)) => Some(false),
        (Some(true), Some(true)) => Some(true),
        _ => None,
    }
}

/// Ways to compare that may stand in the name of a fetch: `path_beg`.
const WAYS: [&str; 8] = ["beg", "end", "sub", "dir", "dom", "reg", "len", "cnt"];

/// One comparison: a fetch, flags, values.
fn test(words: &[&str], state: &State, rates: &mut Vec<Option<f64>>) -> Option<bool> {
    let (fetch, rest) = words.split_first()?;
    let mut insensitive = false;
    let mut way = "";
    let mut values: Vec<&str> = Vec::new();
    let mut iter = rest.iter();
    let mut flags = true;
    while let Some(word) = iter.next() {
        match *word {
            "-m" if flags => way = iter.next().copied().unwrap_or(""),
            "-i" if flags => insensitive = true,
            "-n" | "-u" if flags => {}
            "--" if flags => flags = false,
            // The values are in a file.
            "-f" | "-M" if flags => return None,
            other => {
                flags = false;
                values.push(other);
            }
        }
    }
    let (name, argument) = fetch.split_at(fetch.find(['(', ',']).unwrap_or(fetch.len()));
    if name.starts_with("sc_")
        || name.starts_with("sc0_")
        || name.starts_with("sc1_")
        || name.starts_with("sc2_")
        || name.starts_with("src_")
    {
        rates.push(values.iter().find_map(|value| value.parse().ok()));
        return Some(false);
    }
    let (name, way) = match name.rsplit_once('_') {
        Some((name, suffix)) if WAYS.contains(&suffix) => (name, suffix),
        _ => (name, way),
    };
    if name == "src" {
        return Some(values.iter().any(|value| {
            value.parse::<IpNet>().map_or_else(
                |_| value.parse() == Ok(state.request.from),
                |network| network.contains(&state.request.from),
            )
        }));
    }
    let found = state.fetch(&format!("{name}{argument}"))?;
    match (way, values.as_slice()) {
        ("found", _) => return Some(!found.is_empty()),
        ("len" | "cnt", _) => return None,
        // A fetch that is true or false, without anything to compare it with.
        (_, []) => return Some(found.iter().any(|value| value != "0" && !value.is_empty())),
        _ => {}
    }
    if matches!(values.first(), Some(&("gt" | "ge" | "lt" | "le" | "eq"))) {
        let number: f64 = found.first()?.parse().ok()?;
        let limit: f64 = values.get(1)?.parse().ok()?;
        return Some(match values.first().copied()? {
            "gt" => number > limit,
            "ge" => number >= limit,
            "lt" => number < limit,
            "le" => number <= limit,
            _ => (number - limit).abs() < f64::EPSILON,
        });
    }
    let fold = |text: &str| if insensitive { text.to_lowercase() } else { text.to_owned() };
    let mut matched = false;
    for value in values {
        for text in &found {
            matched |= match way {
                "beg" => fold(text).starts_with(&fold(value)),
                "end" => fold(text).ends_with(&fold(value)),
                "sub" => fold(text).contains(&fold(value)),
                "dir" => bounded(&fold(text), &fold(value), &['/', '?']),
                "dom" => bounded(&fold(text), &fold(value), &['/', '?', '.', ':']),
                "reg" => expression(value, insensitive)?.is_match(text),
                "" | "str" => fold(text) == fold(value),
                "ip" => value.parse::<IpNet>().ok()?.contains(&text.parse::<std::net::IpAddr>().ok()?),
                "int" | "bool" => text == value,
                _ => return None,
            };
        }
    }
    Some(matched)
}

/// `value` stands in `text` between two of `borders` or its ends.
fn bounded(text: &str, value: &str, borders: &[char]) -> bool {
    let value = value.trim_matches(borders);
    text.match_indices(value).any(|(at, _)| {
        let before = text.get(..at).is_some_and(|before| before.is_empty() || before.ends_with(borders));
        let after = text.get(at + value.len()..).is_some_and(|after| after.is_empty() || after.starts_with(borders));
        before && after
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    const FILE: &str = "
global
  ssl-default-bind-options ssl-min-ver TLSv1.2
defaults
  timeout server 720s
  option forwardfor
frontend web
  bind :80
  bind :443 ssl crt /etc/ssl/erp.pem
  acl office src 10.0.0.0/8
  acl rpc path_beg /xmlrpc /jsonrpc
  acl db path_reg ^/web/database
  http-request redirect scheme https code 301 unless { ssl_fc }
  http-request deny if db
  http-request deny deny_status 404 if rpc !office
  http-request deny if { path_beg /web/login } { sc_http_req_rate(0) gt 10 }
  http-request set-header X-Forwarded-Proto https
  http-response set-header Strict-Transport-Security max-age=31536000
  use_backend side if { path_beg /websocket }
  default_backend odoo
backend odoo
  server a 127.0.0.1:8069 check
backend side
  server a 127.0.0.1:8072
";

    #[test]
    fn rules_in_order_then_the_backend() {
        let haproxy = Haproxy::new(crate::read::haproxy::parse(FileId(0), FILE)).unwrap();
        let ask = |url: &str| haproxy.answer(&Request::from_url("GET", url).unwrap());
        assert_eq!(ask("http://erp.example.com/web").summary(), "301, to https://erp.example.com/web");
        assert_eq!(ask("https://erp.example.com/web/database/manager").summary(), "403 by the proxy itself");
        assert_eq!(ask("https://erp.example.com/xmlrpc/2/common").summary(), "404 by the proxy itself");
        let login = ask("https://erp.example.com/web/login");
        assert_eq!(login.summary(), "passed on to backend odoo (127.0.0.1:8069), which sees /web/login");
        assert_eq!(login.limits.len(), 1);
        assert_eq!(login.read_timeout, Some(720));
        assert!(login.forwarded("x-forwarded-for").is_some());
        assert!(ask("https://erp.example.com/websocket").summary().contains("127.0.0.1:8072"));
        assert_eq!(haproxy.sites()[0].tls.protocols.as_ref().unwrap().0, ["TLSv1.2", "TLSv1.3"]);
    }
}
