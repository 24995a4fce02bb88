//! Who is let in: `Require` and its containers, and `Order`, `Deny`, `Allow` of Apache 2.2.
//!
//! Sources: Apache HTTP Server documentation, mod_authz_core, mod_authz_host, mod_access_compat.

use ipnet::IpNet;

use super::Apache;
use super::expression::Context;
use crate::proxy::{Answer, Outcome, Request};
use crate::read::Directive;

impl Apache {
    /// Access rules: of the sections that apply, the last that has any.
    pub(super) fn access(&self, host: &Directive, sections: &[&Directive], context: &Context, answer: &mut Answer) {
        if matches!(answer.outcome, Outcome::Respond { .. } | Outcome::Unknown { .. }) {
            return;
        }
        let upstream = match &answer.outcome {
            Outcome::Proxy { upstream, .. } => Some(upstream.clone()),
            _ => None,
        };
        let proxies = self.top.iter().chain(host.children()).filter(|section| {
            matches!(section.name.text.as_str(), "proxy" | "proxymatch")
                && upstream.as_ref().is_some_and(|upstream| {
                    let name = section.argument(0);
                    matches!(name, "*" | ".*")
                        || (!name.is_empty() && upstream.starts_with(name.trim_end_matches(['*', '/'])))
                })
        });
        let with_rules: Vec<(&Directive, Vec<&Directive>)> = proxies
            .chain(sections.iter().copied())
            .filter_map(|section| {
                let mut rules = Vec::new();
                collect(section.children(), context.request, &mut rules);
                (!rules.is_empty()).then_some((section, rules))
            })
            .collect();
        let Some((section, rules)) = with_rules.last() else { return };
        match require(rules, context, false).or_else(|| legacy(rules, context)) {
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
            Some(Verdict::Unknown) => {
                answer.step(Some(section.site), format!("<{}>", section.text()));
                answer.outcome = Outcome::Unknown { reason: "whether the client is let in".into() };
            }
            Some(Verdict::ByAddress) => answer.by_address = Some(section.site),
            Some(Verdict::Granted) | None => {}
        }
    }
}

/// The access rules of a section, with those of `<Limit>` and `<LimitExcept>` when they are for the method.
fn collect<'d>(children: &'d [Directive], request: &Request, out: &mut Vec<&'d Directive>) {
    for child in children {
        match child.name.text.as_str() {
            "require" | "requireall" | "requireany" | "requirenone" | "deny" | "allow" | "order" => out.push(child),
            name @ ("limit" | "limitexcept") => {
                let listed = child.arguments.iter().any(|word| {
                    word.text.eq_ignore_ascii_case(&request.method) || (word.text == "GET" && request.method == "HEAD")
                });
                if listed == (name == "limit") {
                    collect(child.children(), request, out);
                }
            }
            _ => {}
        }
    }
}

/// From the most open to the most closed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Verdict {
    Granted,
    ByAddress,
    Asks,
    Unknown,
    Denied,
}

/// `Require` lines; any one suffices unless `all`.
fn require(rules: &[&Directive], context: &Context, all: bool) -> Option<Verdict> {
    let verdicts = rules.iter().filter_map(|rule| {
        let inner: Vec<&Directive> = rule.children().iter().collect();
        match rule.name.text.as_str() {
            "require" => {
                let words: Vec<&str> = rule.arguments.iter().map(|word| word.text.as_str()).collect();
                Some(match words.split_first() {
                    Some((first, rest)) if first.eq_ignore_ascii_case("not") => inverted(single(rest, context)),
                    _ => single(&words, context),
                })
            }
            "requireany" => require(&inner, context, false),
            "requireall" => require(&inner, context, true),
            "requirenone" => require(&inner, context, false).map(inverted),
            _ => None,
        }
    });
    if all { verdicts.max() } else { verdicts.min() }
}

const fn inverted(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Denied => Verdict::ByAddress,
        Verdict::Unknown => Verdict::Unknown,
        _ => Verdict::Denied,
    }
}

fn single(words: &[&str], context: &Context) -> Verdict {
    let request = context.request;
    let by_address = |inside: bool| if inside { Verdict::ByAddress } else { Verdict::Denied };
    match words {
        ["all", "denied"] => Verdict::Denied,
        ["all", "granted"] => Verdict::Granted,
        ["local"] => by_address(request.from.is_loopback()),
        ["ip", networks @ ..] => by_address(networks.iter().any(|network| inside(network, request))),
        ["host" | "forward-dns", ..] => Verdict::Denied,
        ["method", methods @ ..] => {
            let listed = methods
                .iter()
                .any(|method| *method == request.method || (*method == "GET" && request.method == "HEAD"));
            if listed { Verdict::Granted } else { Verdict::Denied }
        }
        ["env", names @ ..] => {
            by_address(names.iter().any(|name| context.environment.iter().any(|(have, _)| have == name)))
        }
        ["expr", expression @ ..] => context.holds(&expression.join(" ")).map_or(Verdict::Unknown, by_address),
        _ => Verdict::Asks,
    }
}

/// `Order`, `Deny`, `Allow` of Apache 2.2.
fn legacy(rules: &[&Directive], context: &Context) -> Option<Verdict> {
    let named = |name: &'static str| rules.iter().filter(move |rule| rule.name.text == name);
    let order = named("order").next_back().map(|directive| directive.text().to_lowercase());
    let listed = |name| {
        named(name).any(|directive| {
            directive.arguments.iter().skip(1).any(|word| {
                word.text.eq_ignore_ascii_case("all")
                    || inside(&word.text, context.request)
                    || word
                        .text
                        .strip_prefix("env=")
                        .is_some_and(|name| context.environment.iter().any(|(have, _)| have == name))
            })
        })
    };
    if order.is_none() && named("deny").next().is_none() {
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
