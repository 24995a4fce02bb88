//! Request matchers. Source: Caddy documentation, "Request Matchers".

use ipnet::IpNet;
use regex::Regex;

use super::State;
use super::expression::Expression;
use crate::proxy::Request;
use crate::read::Directive;
use crate::read::tree::Node;
use crate::source::Word;

/// All parts must hold; a part holds when one of its values does.
#[derive(Debug, Clone, Default)]
pub(super) struct Matcher {
    pub(super) parts: Vec<Part>,
    /// Length of the longest path, for sorting.
    pub(super) specificity: usize,
}

#[derive(Debug, Clone)]
pub(super) enum Part {
    Path(Vec<String>),
    /// Name for its groups, pattern.
    Pattern(String, Option<Regex>),
    Host(Vec<String>),
    Method(Vec<String>),
    Address(Vec<String>),
    /// Name, values; no values for a header that must not be there.
    Header(String, Vec<String>),
    Query(Vec<String>),
    Protocol(String),
    Expression(Option<Expression>),
    /// One of these must hold.
    Any(Vec<Matcher>),
    Not(Vec<Matcher>),
    Unknown,
}

/// The groups of patterns that matched: name, values.
pub(super) type Groups = Vec<(String, Vec<String>)>;

impl Matcher {
    /// Whether a request matches; `None` when it cannot be told. Groups of patterns are added to `groups`.
    pub(super) fn holds(&self, request: &Request, state: &State, groups: &mut Groups) -> Option<bool> {
        let mut all = Some(true);
        for part in &self.parts {
            all = match (all, part.holds(request, state, groups)) {
                (Some(false), _) | (_, Some(false)) => return Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            };
        }
        all
    }

    /// One part by its name in a Caddyfile.
    pub(super) fn add(&mut self, name: &str, words: &[Word], children: &[Directive]) {
        let texts: Vec<String> = words.iter().map(|word| word.text.clone()).collect();
        let part = match name {
            "not" => {
                let mut inner = Self::default();
                if let Some((first, rest)) = words.split_first() {
                    inner.add(&first.text, rest, &[]);
                }
                for child in children {
                    inner.add(&child.name.text, &child.arguments, child.children());
                }
                Part::Not(vec![inner])
            }
            name => Part::new(name, &texts),
        };
        if let Part::Path(paths) = &part {
            self.specificity = self.specificity.max(paths.iter().map(String::len).max().unwrap_or(0));
        }
        // Lines of one kind are alternatives.
        for known in &mut self.parts {
            match (known, &part) {
                (Part::Path(have), Part::Path(more))
                | (Part::Host(have), Part::Host(more))
                | (Part::Method(have), Part::Method(more))
                | (Part::Address(have), Part::Address(more))
                | (Part::Query(have), Part::Query(more)) => {
                    have.extend(more.iter().cloned());
                    return;
                }
                (Part::Header(name, have), Part::Header(other, more)) if name == other && !more.is_empty() => {
                    have.extend(more.iter().cloned());
                    return;
                }
                _ => {}
            }
        }
        self.parts.push(part);
    }

    /// A named matcher of a Caddyfile.
    pub(super) fn named(directive: &Directive) -> Self {
        let mut matcher = Self::default();
        if let Some((first, rest)) = directive.arguments.split_first() {
            let is_expression = first.text.contains(['(', ' ']) && rest.is_empty();
            if is_expression {
                matcher.add("expression", std::slice::from_ref(first), &[]);
            } else {
                matcher.add(&first.text, rest, &[]);
            }
        }
        for line in directive.children() {
            matcher.add(&line.name.text, &line.arguments, line.children());
        }
        matcher
    }

    /// The sets of matchers of Caddy's JSON: one of them must hold.
    pub(super) fn from_json(node: Option<&Node>) -> Self {
        let sets = node.map(Node::items).unwrap_or_default();
        let mut all: Vec<Self> = sets.iter().map(Self::json_set).collect();
        match all.len() {
            0 => Self::default(),
            1 => all.remove(0),
            _ => Self { parts: vec![Part::Any(all)], specificity: 0 },
        }
    }

    fn json_set(set: &Node) -> Self {
        let mut matcher = Self::default();
        for (key, value) in set.entries() {
            match key.text.as_str() {
                "remote_ip" | "client_ip" => {
                    let ranges = value.get("ranges").map(Node::words).unwrap_or_default();
                    matcher.add("remote_ip", &ranges, &[]);
                }
                "path_regexp" => {
                    let name = value.get("name").and_then(Node::text).unwrap_or_default().to_owned();
                    let found = value.get("pattern").and_then(Node::text).and_then(pattern);
                    matcher.parts.push(Part::Pattern(name, found));
                }
                "header" => {
                    for (name, values) in value.entries() {
                        let values = values.words().into_iter().map(|word| word.text).collect();
                        matcher.parts.push(Part::Header(name.text.to_lowercase(), values));
                    }
                }
                "query" => {
                    let pairs = value.entries().iter().flat_map(|(name, values)| {
                        values
                            .words()
                            .into_iter()
                            .map(|word| format!("{}={}", name.text, word.text))
                            .collect::<Vec<_>>()
                    });
                    matcher.parts.push(Part::Query(pairs.collect()));
                }
                "expression" => {
                    let text = value.text().or_else(|| value.get("expr").and_then(Node::text)).unwrap_or_default();
                    matcher.parts.push(Part::Expression(Expression::parse(text)));
                }
                "not" => matcher.parts.push(Part::Not(value.items().iter().map(Self::json_set).collect())),
                name => matcher.add(name, &value.words(), &[]),
            }
        }
        matcher
    }
}

impl Part {
    /// By the name that it has in a Caddyfile and in expressions.
    pub(super) fn new(name: &str, texts: &[String]) -> Self {
        let first = || texts.first().cloned().unwrap_or_default();
        match name {
            "path" => Self::Path(texts.to_vec()),
            "path_regexp" => {
                let name = if texts.len() > 1 { first() } else { String::new() };
                Self::Pattern(name, texts.last().and_then(|text| pattern(text)))
            }
            "host" => Self::Host(texts.to_vec()),
            "method" => Self::Method(texts.to_vec()),
            "remote_ip" | "client_ip" => {
                Self::Address(texts.iter().filter(|text| *text != "forwarded").cloned().collect())
            }
            "header" => match first().strip_prefix('!') {
                Some(name) => Self::Header(name.to_lowercase(), Vec::new()),
                None => Self::Header(first().to_lowercase(), vec![texts.get(1).cloned().unwrap_or_else(|| "*".into())]),
            },
            "query" => Self::Query(texts.to_vec()),
            "protocol" => Self::Protocol(first()),
            "expression" => Self::Expression(Expression::parse(&texts.join(" "))),
            _ => Self::Unknown,
        }
    }

    fn holds(&self, request: &Request, state: &State, groups: &mut Groups) -> Option<bool> {
        Some(match self {
            Self::Path(paths) => paths.iter().any(|pattern| path_matches(pattern, &state.path)),
            Self::Pattern(name, pattern) => match pattern.as_ref()?.captures(&state.path) {
                Some(found) => {
                    let values = found.iter().map(|one| one.map_or(String::new(), |one| one.as_str().to_owned()));
                    groups.push((name.clone(), values.collect()));
                    true
                }
                None => false,
            },
            Self::Host(hosts) => hosts.iter().any(|host| wildcard(host, &request.host)),
            Self::Method(methods) => methods.iter().any(|method| method.eq_ignore_ascii_case(&request.method)),
            Self::Address(networks) => networks.iter().any(|network| match network.as_str() {
                "private_ranges" => is_private(request),
                text => text
                    .parse::<IpNet>()
                    .map_or_else(|_| text.parse() == Ok(request.from), |network| network.contains(&request.from)),
            }),
            Self::Header(name, values) => match request.header(name) {
                None => values.is_empty(),
                Some(sent) => values.iter().any(|value| stars(value, sent)),
            },
            Self::Query(pairs) => pairs.iter().any(|pair| {
                let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
                state.query.as_deref().unwrap_or("").split('&').any(|sent| {
                    let (key, sent) = sent.split_once('=').unwrap_or((sent, ""));
                    key == name && (value == "*" || value == sent)
                })
            }),
            Self::Protocol(scheme) => match scheme.as_str() {
                "http" | "https" => request.scheme == *scheme,
                _ => return None,
            },
            Self::Expression(expression) => return expression.as_ref()?.holds(request, state),
            Self::Any(sets) => {
                let results: Vec<Option<bool>> = sets.iter().map(|set| set.holds(request, state, groups)).collect();
                return if results.contains(&Some(true)) {
                    Some(true)
                } else if results.contains(&None) {
                    None
                } else {
                    Some(false)
                };
            }
            Self::Not(sets) => {
                let results: Vec<Option<bool>> =
                    sets.iter().map(|set| set.holds(request, state, &mut Vec::new())).collect();
                return if results.contains(&Some(true)) {
                    Some(false)
                } else if results.contains(&None) {
                    None
                } else {
                    Some(true)
                };
            }
            Self::Unknown => return None,
        })
    }
}

/// A pattern of bounded size.
pub(super) fn pattern(text: &str) -> Option<Regex> {
    regex::RegexBuilder::new(text).size_limit(1 << 20).build().ok()
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
        (false, true) if !middle.contains('*') => path.starts_with(middle),
        _ if pattern.contains('*') => globset::GlobBuilder::new(&pattern)
            .literal_separator(true)
            .build()
            .is_ok_and(|glob| glob.compile_matcher().is_match(&path)),
        _ => path == pattern,
    }
}

/// `*` at the ends of a header's value.
fn stars(pattern: &str, value: &str) -> bool {
    let middle = pattern.trim_matches('*');
    match (pattern.starts_with('*'), pattern.ends_with('*')) {
        (true, true) => value.contains(middle),
        (true, false) => value.ends_with(middle),
        (false, true) => value.starts_with(middle),
        (false, false) => value == pattern,
    }
}

/// `*.example.com` stands for one label.
pub(super) fn wildcard(pattern: &str, host: &str) -> bool {
    if let Some(rest) = pattern.strip_prefix("*.") {
        return host.split_once('.').is_some_and(|(_, parent)| parent == rest);
    }
    pattern == "*" || pattern.eq_ignore_ascii_case(host)
}
