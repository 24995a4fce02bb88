//! Firewall rules in the forms in which they are kept: `iptables-save`, nftables rulesets, ufw's own files.
//!
//! All become one list of input rules that is asked from the top, first match wins, and a policy behind it. Only what
//! decides about TCP ports from outside is kept. Sources: `iptables-save(8)`, `nft(8)`, `ufw(8)`.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::source::{FileId, Problem, Site};

/// What a rule or policy does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Lets it in.
    Accept,
    /// Does not.
    Drop,
}

/// A rule of the input chain.
#[derive(Debug, Clone)]
pub struct Rule {
    /// What it does.
    pub verdict: Verdict,
    /// Ports; empty for all.
    pub ports: Vec<(u16, u16)>,
    /// From where; empty for everywhere.
    pub sources: Vec<IpNet>,
    /// Only this interface.
    pub interface: Option<String>,
    /// Only packets of connections that are there already.
    pub established_only: bool,
    /// Matches on something that is not understood here: may or may not apply.
    pub uncertain: bool,
    /// Where it is written.
    pub site: Site,
}

/// The rules for one family of addresses.
#[derive(Debug, Clone)]
pub struct Chain {
    /// IPv4.
    pub v4: bool,
    /// IPv6.
    pub v6: bool,
    /// What happens to what no rule matches.
    pub policy: Verdict,
    /// Where the policy is written.
    pub policy_site: Site,
    /// Rules in order.
    pub rules: Vec<Rule>,
    /// Which program's file it is: `ufw`, `nftables`, `iptables`.
    pub program: &'static str,
}

impl Chain {
    /// What happens to a new connection to a port, and the place that decides. An uncertain rule that accepts counts as
    /// accepting from its own sources only.
    #[must_use]
    pub fn decide(&self, port: u16, from: IpAddr) -> (Verdict, Site) {
        for rule in &self.rules {
            let source = rule.sources.is_empty() || rule.sources.iter().any(|network| network.contains(&from));
            let fits = rule.ports.is_empty() || rule.ports.iter().any(|(first, last)| (*first..=*last).contains(&port));
            let local = rule.interface.as_deref() == Some("lo");
            if source && fits && !local && !rule.established_only && !rule.uncertain {
                return (rule.verdict, rule.site);
            }
        }
        (self.policy, self.policy_site)
    }
}

/// A chain of `iptables-save`: its name and the words of its rules.
type NamedChain = (String, Vec<(Vec<String>, Site)>);

/// Reads the output of `iptables-save` or `ip6tables-save`. `v6` tells which.
#[must_use]
pub fn iptables(file: FileId, text: &str, v6: bool) -> Option<Chain> {
    let mut chains: Vec<NamedChain> = Vec::new();
    let mut policy = None;
    let mut in_filter = false;
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let line = raw.trim();
        let from = start + (raw.len() - raw.trim_start().len());
        let site = Site::new(file, from, from + line.len());
        if let Some(table) = line.strip_prefix('*') {
            in_filter = table == "filter";
        } else if !in_filter {
            continue;
        } else if let Some(rest) = line.strip_prefix(':') {
            let words: Vec<&str> = rest.split_whitespace().collect();
            if words.first() == Some(&"INPUT") {
                let verdict = if words.get(1) == Some(&"ACCEPT") { Verdict::Accept } else { Verdict::Drop };
                policy = Some((verdict, site));
            }
        } else if line.starts_with("-A ") {
            let words = super::systemd::split(line);
            let Some(chain) = words.get(1).cloned() else { continue };
            match chains.iter_mut().find(|(name, _)| *name == chain) {
                Some((_, rules)) => rules.push((words, site)),
                None => chains.push((chain, vec![(words, site)])),
            }
        }
    }
    let (policy, policy_site) = policy?;
    let mut rules = Vec::new();
    flatten("INPUT", &chains, &mut rules, 0);
    Some(Chain { v4: !v6, v6, policy, policy_site, rules, program: "iptables" })
}

/// A jump to another chain is followed when it has no condition; a conditional one is taken as uncertain.
fn flatten(chain: &str, chains: &[NamedChain], out: &mut Vec<Rule>, depth: usize) {
    let Some((_, rules)) = chains.iter().find(|(name, _)| name == chain) else { return };
    for (words, site) in rules {
        if depth > 16 || out.len() > 5000 {
            return;
        }
        let mut rule = Rule {
            verdict: Verdict::Drop,
            ports: Vec::new(),
            sources: Vec::new(),
            interface: None,
            established_only: false,
            uncertain: false,
            site: *site,
        };
        let mut target = "";
        let mut udp = false;
        let mut index = 2;
        let word = |index: usize| words.get(index).map_or("", String::as_str);
        while index < words.len() {
            let value = word(index + 1);
            match word(index) {
                "-p" | "--protocol" => udp = !matches!(value, "tcp" | "all" | "6"),
                "--dport" | "--dports" | "--destination-port" | "--destination-ports" => {
                    rule.ports.extend(ports(value))
                }
                "-s" | "--source" => rule.sources.extend(network(value)),
                "-i" | "--in-interface" => rule.interface = Some(value.to_owned()),
                "--state" | "--ctstate" => rule.established_only = !value.contains("NEW"),
                "-m" | "--match" | "--comment" | "--reject-with" | "--log-prefix" => {}
                "-j" | "-g" => target = value,
                _ => rule.uncertain = true,
            }
            index += if word(index) == "!" { 1 } else { 2 };
        }
        match target {
            _ if udp => {}
            "ACCEPT" => out.push(Rule { verdict: Verdict::Accept, ..rule }),
            "DROP" | "REJECT" => out.push(rule),
            "LOG" | "RETURN" | "" => {}
            other => {
                let plain =
                    rule.ports.is_empty() && rule.sources.is_empty() && !rule.uncertain && rule.interface.is_none();
                let before = out.len();
                flatten(other, chains, out, depth + 1);
                if !plain {
                    for inner in out.iter_mut().skip(before) {
                        if inner.ports.is_empty() {
                            inner.ports.clone_from(&rule.ports);
                        }
                        inner.sources.extend(rule.sources.iter().copied());
                        inner.uncertain |= rule.uncertain;
                        inner.established_only |= rule.established_only;
                        if inner.interface.is_none() {
                            inner.interface.clone_from(&rule.interface);
                        }
                    }
                }
            }
        }
    }
}

fn ports(text: &str) -> Vec<(u16, u16)> {
    text.split(',')
        .filter_map(|part| match part.trim().split_once([':', '-']) {
            Some((first, last)) => Some((first.parse().ok()?, last.parse().ok()?)),
            None => {
                let port = service(part.trim())?;
                Some((port, port))
            }
        })
        .collect()
}

fn service(name: &str) -> Option<u16> {
    name.parse().ok().or(match name {
        "ssh" | "OpenSSH" => Some(22),
        "http" | "www" => Some(80),
        "https" => Some(443),
        "postgresql" => Some(5432),
        "redis" => Some(6379),
        _ => None,
    })
}

fn network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// Reads an nftables ruleset: chains of tables `inet`, `ip`, `ip6` that are hooked to input.
#[must_use]
pub fn nftables(file: FileId, text: &str) -> (Vec<Chain>, Vec<Problem>) {
    let words = nft_words(file, text);
    let mut chains = Vec::new();
    let mut problems = Vec::new();
    let mut sets: Vec<(String, Vec<String>)> = Vec::new();
    let mut family = String::from("ip");
    let mut stack: Vec<String> = Vec::new();
    let mut statement: Vec<(String, Site)> = Vec::new();
    let mut open: Option<(Chain, bool)> = None;
    for (word, site) in words {
        match word.as_str() {
            "{" if statement
                .first()
                .is_some_and(|(first, _)| matches!(first.as_str(), "table" | "chain" | "set" | "map")) =>
            {
                let kind = statement.first().map_or(String::new(), |(first, _)| first.clone());
                let name = statement.last().map_or(String::new(), |(last, _)| last.clone());
                if kind == "table" {
                    family = if statement.len() > 2 {
                        statement.get(1).map_or("ip".into(), |w| w.0.clone())
                    } else {
                        "ip".into()
                    };
                }
                if kind == "chain" {
                    let chain = Chain {
                        v4: matches!(family.as_str(), "ip" | "inet"),
                        v6: matches!(family.as_str(), "ip6" | "inet"),
                        policy: Verdict::Accept,
                        policy_site: site,
                        rules: Vec::new(),
                        program: "nftables",
                    };
                    open = Some((chain, false));
                }
                if kind == "set" {
                    sets.push((name, Vec::new()));
                }
                stack.push(kind);
                statement.clear();
                if stack.len() > 32 {
                    problems.push(Problem { range: site.range, message: "nested too deep".into() });
                    break;
                }
            }
            "}" if !statement.iter().any(|(word, _)| word == "{") => {
                nft_statement(&statement, &sets, &mut open);
                if stack.last().is_some_and(|kind| kind == "set")
                    && let Some((_, members)) = sets.last_mut()
                {
                    members.extend(statement.drain(..).map(|(word, _)| word));
                }
                statement.clear();
                if stack.pop().is_some_and(|kind| kind == "chain")
                    && let Some((chain, true)) = open.take()
                {
                    chains.push(chain);
                }
            }
            "\n" | ";"
                if !statement.iter().any(|(word, _)| word == "{") || statement.iter().any(|(word, _)| word == "}") =>
            {
                if stack.last().is_some_and(|kind| kind == "set") {
                    if let Some((_, members)) = sets.last_mut() {
                        members.extend(statement.drain(..).map(|(word, _)| word));
                    }
                } else if stack.last().is_some_and(|kind| kind == "chain") {
                    nft_statement(&statement, &sets, &mut open);
                }
                statement.clear();
            }
            "\n" => {}
            _ => statement.push((word, site)),
        }
    }
    (chains, problems)
}

fn nft_statement(statement: &[(String, Site)], sets: &[(String, Vec<String>)], open: &mut Option<(Chain, bool)>) {
    let Some((chain, hooked)) = open else { return };
    let Some((first, site)) = statement.first().cloned() else { return };
    let last_site = statement.last().map_or(site, |(_, site)| *site);
    let words: Vec<&str> = statement.iter().map(|(word, _)| word.as_str()).collect();
    if first == "type" {
        *hooked = words.windows(2).any(|pair| pair == ["hook", "input"]) && words.contains(&"filter");
        return;
    }
    if first == "policy" {
        chain.policy = if words.get(1) == Some(&"accept") { Verdict::Accept } else { Verdict::Drop };
        chain.policy_site = site.to(last_site);
        return;
    }
    let mut rule = Rule {
        verdict: Verdict::Drop,
        ports: Vec::new(),
        sources: Vec::new(),
        interface: None,
        established_only: false,
        uncertain: false,
        site: site.to(last_site),
    };
    let mut verdict = None;
    let mut udp = false;
    let mut index = 0;
    while let Some(word) = words.get(index) {
        let (members, next) = nft_members(&words, index + 1, sets);
        match word.trim_end_matches(',') {
            "dport" => {
                rule.ports.extend(members.iter().flat_map(|member| ports(member)));
                udp |= index > 0 && words.get(index - 1) == Some(&"udp");
                index = next;
                continue;
            }
            "saddr" => {
                rule.sources.extend(members.iter().filter_map(|member| network(member)));
                rule.uncertain |= rule.sources.is_empty();
                index = next;
                continue;
            }
            "state" => {
                rule.established_only = !members.iter().any(|member| member == "new");
                index = next;
                continue;
            }
            "iif" | "iifname" => {
                rule.interface = members.first().map(|name| name.trim_matches('"').to_owned());
                index = next;
                continue;
            }
            "accept" => verdict = Some(Verdict::Accept),
            "drop" | "reject" => verdict = Some(Verdict::Drop),
            "udp" | "icmp" | "icmpv6" | "ipv6-icmp" | "icmpx" => udp = true,
            "jump" | "goto" | "!=" => rule.uncertain = true,
            "limit" => rule.uncertain = false,
            _ => {}
        }
        index += 1;
    }
    if let Some(verdict) = verdict
        && !udp
    {
        rule.verdict = verdict;
        chain.rules.push(rule);
    }
}

/// One value, `{ a, b }`, or the members of `@set`; and the index behind it.
fn nft_members(words: &[&str], at: usize, sets: &[(String, Vec<String>)]) -> (Vec<String>, usize) {
    match words.get(at) {
        Some(&"{") => {
            let end = words.iter().skip(at).position(|word| *word == "}").map_or(words.len(), |found| at + found);
            let members = words.get(at + 1..end).unwrap_or(&[]).iter().map(|word| word.trim_matches(',').to_owned());
            (members.filter(|word| !word.is_empty()).collect(), end + 1)
        }
        Some(word) if word.starts_with('@') => {
            let members = sets.iter().find(|(name, _)| Some(name.as_str()) == word.strip_prefix('@'));
            let members = members.map_or(Vec::new(), |(_, members)| {
                members.iter().map(|member| member.trim_matches(',').to_owned()).collect()
            });
            (members, at + 1)
        }
        Some(word) => (word.split(',').map(str::to_owned).collect(), at + 1),
        None => (Vec::new(), at + 1),
    }
}

fn nft_words(file: FileId, text: &str) -> Vec<(String, Site)> {
    let mut words = Vec::new();
    let mut from: Option<usize> = None;
    let mut comment = false;
    let mut quoted = false;
    for (at, char) in text.char_indices().chain(std::iter::once((text.len(), '\n'))) {
        let special = matches!(char, '{' | '}' | ';' | '\n') && !quoted;
        if comment {
            if char == '\n' {
                comment = false;
                words.push(("\n".to_owned(), Site::new(file, at, at)));
            }
            continue;
        }
        if (char.is_whitespace() && !quoted) || special || (char == '#' && !quoted) {
            if let Some(begin) = from.take() {
                words.push((text.get(begin..at).unwrap_or("").to_owned(), Site::new(file, begin, at)));
            }
            if char == '#' {
                comment = true;
            } else if special {
                words.push((char.to_string(), Site::new(file, at, at + 1)));
            }
            continue;
        }
        if char == '"' {
            quoted = !quoted;
        }
        from.get_or_insert(at);
    }
    words
}

/// Reads ufw's `user.rules` or `user6.rules` together with the policy of `/etc/default/ufw`.
#[must_use]
pub fn ufw(rules_file: FileId, rules: &str, defaults_file: FileId, defaults: &str, v6: bool) -> Chain {
    let mut policy = Verdict::Drop;
    let mut policy_site = Site::new(defaults_file, 0, 0);
    let mut at = 0;
    for raw in defaults.split_inclusive('\n') {
        if let Some(value) = raw.trim().strip_prefix("DEFAULT_INPUT_POLICY=") {
            let value = value.trim_matches('"');
            policy = if value.eq_ignore_ascii_case("ACCEPT") { Verdict::Accept } else { Verdict::Drop };
            policy_site = Site::new(defaults_file, at, at + raw.trim_end().len());
        }
        at += raw.len();
    }
    let mut found = Vec::new();
    at = 0;
    for raw in rules.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        // ### tuple ### action protocol dport destination sport source direction
        let Some(tuple) = raw.trim().strip_prefix("### tuple ### ") else { continue };
        let fields: Vec<&str> = tuple.split_whitespace().collect();
        let field = |index: usize| fields.get(index).copied().unwrap_or("any");
        if matches!(field(1), "udp") || field(0).starts_with("route:") || fields.contains(&"out") {
            continue;
        }
        let sources: Vec<IpNet> = network(field(5)).filter(|network| network.prefix_len() > 0).into_iter().collect();
        let interface = field(6).strip_prefix("in_").map(str::to_owned);
        found.push(Rule {
            verdict: if matches!(field(0), "allow" | "limit" | "allow_log" | "allow_log-all") {
                Verdict::Accept
            } else {
                Verdict::Drop
            },
            ports: if field(2) == "any" { Vec::new() } else { ports(field(2)) },
            sources,
            interface,
            established_only: false,
            uncertain: false,
            site: Site::new(rules_file, start, start + raw.trim_end().len()),
        });
    }
    Chain { v4: !v6, v6, policy, policy_site, rules: found, program: "ufw" }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTSIDE: &str = "203.0.113.7";

    fn decide(chain: &Chain, port: u16, from: &str) -> Verdict {
        chain.decide(port, from.parse().unwrap()).0
    }

    #[test]
    fn iptables_rules_are_asked_in_order() {
        let text = "*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n*filter\n:INPUT DROP [0:0]\n:web - [0:0]\n\
            -A INPUT -i lo -j ACCEPT\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n\
            -A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\n-A INPUT -s 10.0.0.0/8 -p tcp -m multiport --dports 8069,8072 -j ACCEPT\n\
            -A INPUT -p tcp -j web\n-A web -p tcp -m tcp --dport 80:443 -j ACCEPT\nCOMMIT\n";
        let chain = iptables(FileId(0), text, false).unwrap();
        assert_eq!(decide(&chain, 22, OUTSIDE), Verdict::Accept);
        assert_eq!(decide(&chain, 443, OUTSIDE), Verdict::Accept);
        assert_eq!(decide(&chain, 8069, OUTSIDE), Verdict::Drop);
        assert_eq!(decide(&chain, 8069, "10.1.2.3"), Verdict::Accept);
        assert_eq!(decide(&chain, 5432, OUTSIDE), Verdict::Drop);
        assert!(iptables(FileId(0), "nothing", false).is_none());
    }

    #[test]
    fn nftables_sets_policies_and_states() {
        let text = "table inet filter {\n  set admin { type ipv4_addr; flags interval\n    elements = { 10.0.0.0/8, 192.0.2.1 }\n  }\n\
            chain input {\n type filter hook input priority 0; policy drop;\n ct state established,related accept\n iif \"lo\" accept\n\
            tcp dport { 22, 80, 443 } accept # c\n ip saddr @admin tcp dport 8069 accept\n }\n\
            chain forward { type filter hook forward priority 0; policy accept; }\n}\n";
        let (chains, problems) = nftables(FileId(0), text);
        assert!(problems.is_empty());
        assert_eq!(chains.len(), 1);
        let chain = &chains[0];
        assert!(chain.v4 && chain.v6);
        assert_eq!(decide(chain, 443, OUTSIDE), Verdict::Accept);
        assert_eq!(decide(chain, 8069, OUTSIDE), Verdict::Drop);
        assert_eq!(decide(chain, 8069, "10.0.0.5"), Verdict::Accept);
        assert_eq!(decide(chain, 5432, OUTSIDE), Verdict::Drop);
    }

    #[test]
    fn ufw_tuples() {
        let rules = "*filter\n### RULES ###\n\n### tuple ### allow tcp 22 0.0.0.0/0 any 0.0.0.0/0 in\n-A x\n\
            ### tuple ### allow tcp 80,443 0.0.0.0/0 any 0.0.0.0/0 in\n### tuple ### allow tcp 8069 0.0.0.0/0 any 10.0.0.0/8 in\n";
        let chain = ufw(FileId(0), rules, FileId(1), "IPV6=yes\nDEFAULT_INPUT_POLICY=\"DROP\"\n", false);
        assert_eq!(decide(&chain, 443, OUTSIDE), Verdict::Accept);
        assert_eq!(decide(&chain, 8069, OUTSIDE), Verdict::Drop);
        assert_eq!(decide(&chain, 8069, "10.0.0.1"), Verdict::Accept);
        let open = ufw(FileId(0), "", FileId(1), "DEFAULT_INPUT_POLICY=\"ACCEPT\"\n", false);
        assert_eq!(decide(&open, 5432, OUTSIDE), Verdict::Accept);
    }
}
