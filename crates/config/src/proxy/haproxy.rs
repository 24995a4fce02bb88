//! HAProxy: a frontend's rules in order, then its backend's.
//!
//! Source: HAProxy configuration manual, "Using ACLs and fetching samples", "http-request", "use_backend".

use ipnet::IpNet;
use regex::Regex;

use super::{Answer, HeaderSet, Listen, Outcome, RateLimit, Request, Tls, VirtualSite, normalise_path, seconds};
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
        let path = normalise_path(request.path());
        for line in self.defaults() {
            option(line, &mut answer);
        }
        if rules(frontend, request, &path, &mut answer) {
            return answer;
        }
        let chosen = frontend
            .named("use_backend")
            .find(|line| condition(frontend, &line.arguments, request, &path, &mut Vec::new()))
            .or_else(|| frontend.named("default_backend").last());
        let backend = match chosen {
            Some(line) => {
                answer.step(Some(line.site), line.text());
                self.sections
                    .iter()
                    .find(|section| section.name.text == "backend" && section.argument(0) == line.argument(0))
            }
            None if frontend.name.text == "listen" => Some(frontend),
            None => None,
        };
        let Some(backend) = backend else {
            answer.respond(503);
            return answer;
        };
        if !std::ptr::eq(backend, frontend) && rules(backend, request, &path, &mut answer) {
            return answer;
        }
        let servers: Vec<String> = backend.named("server").map(|server| server.argument(1).to_owned()).collect();
        answer.step(Some(backend.site), backend.text());
        answer.outcome = Outcome::Proxy {
            upstream: format!("backend {}", backend.argument(0)),
            servers,
            path: request.target.clone(),
        };
        answer
    }
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

/// The rules of a section in order. `true` when one ended the request.
fn rules(section: &Directive, request: &Request, path: &str, answer: &mut Answer) -> bool {
    for line in section.children() {
        option(line, answer);
        let name = line.name.text.as_str();
        let words = &line.arguments;
        let mut rates = Vec::new();
        let holds = condition(section, words, request, path, &mut rates);
        match (name, line.argument(0)) {
            ("http-request", "deny" | "tarpit" | "reject" | "silent-drop") => {
                for rate in rates {
                    answer.limits.push(RateLimit { per_second: rate, by_client: true, site: line.site });
                }
                if holds {
                    answer.step(Some(line.site), line.text());
                    if words.iter().any(|word| word.text == "src") || mentions_source(section, words) {
                        answer.by_address = Some(line.site);
                    }
                    let status =
                        words.windows(2).find(|pair| pair.first().is_some_and(|word| word.text == "deny_status"));
                    answer.respond(status.and_then(|pair| pair.get(1)?.text.parse().ok()).unwrap_or(403));
                    return true;
                }
            }
            ("http-request", "auth") if holds => {
                answer.step(Some(line.site), line.text());
                answer.asks = Some(line.site);
                answer.respond(401);
                return true;
            }
            ("http-request", "return") if holds => {
                answer.step(Some(line.site), line.text());
                let status = words.windows(2).find(|pair| pair.first().is_some_and(|word| word.text == "status"));
                answer.respond(status.and_then(|pair| pair.get(1)?.text.parse().ok()).unwrap_or(200));
                return true;
            }
            ("http-request", "set-header" | "add-header") if holds => answer.forwarded.push(HeaderSet {
                name: line.argument(1).to_owned(),
                value: line.argument(2).to_owned(),
                always: true,
                site: line.site,
            }),
            ("http-request", "del-header") if holds => answer.forwarded.push(HeaderSet {
                name: line.argument(1).to_owned(),
                value: String::new(),
                always: true,
                site: line.site,
            }),
            ("http-response", "set-header" | "add-header") => {
                answer.headers.push(HeaderSet {
                    name: line.argument(1).to_owned(),
                    value: line.argument(2).to_owned(),
                    always: true,
                    site: line.site,
                });
            }
            ("http-response", "replace-header") if line.argument(1).eq_ignore_ascii_case("set-cookie") => {
                answer.secures_cookies |= words.iter().any(|word| word.text.to_lowercase().contains("secure"));
            }
            ("redirect", _) | ("http-request", "redirect") if holds => {
                let words: Vec<&str> =
                    words.iter().map(|word| word.text.as_str()).skip(usize::from(name == "http-request")).collect();
                let code = words
                    .windows(2)
                    .find(|pair| pair.first() == Some(&"code"))
                    .and_then(|pair| pair.get(1)?.parse().ok());
                let location = match words.as_slice() {
                    ["scheme", scheme, ..] => format!("{scheme}://{}{}", request.host, request.target),
                    ["prefix", prefix, ..] => format!("{prefix}{}", request.target),
                    ["location", target, ..] => (*target).to_owned(),
                    _ => String::new(),
                };
                answer.step(Some(line.site), line.text());
                answer.outcome = Outcome::Respond { status: code.unwrap_or(302), location: Some(location) };
                return true;
            }
            _ => {}
        }
    }
    false
}

fn mentions_source(section: &Directive, words: &[Word]) -> bool {
    section.named("acl").any(|acl| {
        acl.argument(1) == "src" && words.iter().any(|word| word.text.trim_start_matches('!') == acl.argument(0))
    })
}

/// The condition behind `if` or `unless`. Rates that it compares with go to `rates` and count as not reached.
fn condition(section: &Directive, words: &[Word], request: &Request, path: &str, rates: &mut Vec<Option<f64>>) -> bool {
    let Some(at) = words.iter().position(|word| matches!(word.text.as_str(), "if" | "unless")) else { return true };
    let negated = words.get(at).is_some_and(|word| word.text == "unless");
    let mut any = false;
    let mut all = true;
    let mut index = at + 1;
    while let Some(word) = words.get(index) {
        index += 1;
        if matches!(word.text.as_str(), "or" | "||") {
            any |= all;
            all = true;
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
            test(&inner, request, path, rates)
        } else {
            // Lines with the same name are alternatives.
            match name {
                "TRUE" => true,
                "FALSE" => false,
                "METH_GET" => request.method == "GET",
                "METH_POST" => request.method == "POST",
                name => section.named("acl").filter(|acl| acl.argument(0) == name).any(|acl| {
                    let inner: Vec<&str> = acl.arguments.iter().skip(1).map(|word| word.text.as_str()).collect();
                    test(&inner, request, path, rates)
                }),
            }
        };
        all &= value != not;
    }
    any |= all;
    any != negated
}

fn test(words: &[&str], request: &Request, path: &str, rates: &mut Vec<Option<f64>>) -> bool {
    let Some((fetch, rest)) = words.split_first() else { return false };
    let insensitive = rest.contains(&"-i");
    let mut method = "";
    let mut values: Vec<&str> = Vec::new();
    let mut iter = rest.iter();
    while let Some(word) = iter.next() {
        match *word {
            "-m" => method = iter.next().copied().unwrap_or(""),
            "-i" | "-n" | "--" => {}
            "-f" | "-M" => {
                iter.next();
                return false;
            }
            other => values.push(other),
        }
    }
    let base = fetch.split(['(', ',']).next().unwrap_or(fetch);
    if base.starts_with("sc_") || base.starts_with("sc0_") || base.starts_with("src_") {
        rates.push(values.iter().find_map(|value| value.parse().ok()));
        return false;
    }
    let (text, kind) = match *fetch {
        "path" | "path_beg" | "path_end" | "path_sub" | "path_reg" | "path_dir" => {
            (path.to_owned(), fetch.strip_prefix("path_").unwrap_or(method))
        }
        "url" | "url_beg" => (request.target.clone(), fetch.strip_prefix("url_").unwrap_or(method)),
        "method" => (request.method.clone(), method),
        "ssl_fc" => return request.scheme == "https",
        "always_true" => return true,
        "src" => {
            return values.iter().any(|value| {
                value
                    .parse::<IpNet>()
                    .map_or_else(|_| value.parse() == Ok(request.from), |network| network.contains(&request.from))
            });
        }
        other if other.contains("hdr") && other.contains("host") => {
            let kind = other.split('(').next().and_then(|name| name.rsplit_once('_')).map_or(method, |(_, kind)| kind);
            (request.host.clone(), kind)
        }
        other if other.contains("hdr") => {
            let name = other.split(['(', ')']).nth(1).unwrap_or("").to_lowercase();
            (request.header(&name).unwrap_or_default().to_owned(), method)
        }
        _ => return false,
    };
    let fold = |text: &str| if insensitive { text.to_lowercase() } else { text.to_owned() };
    let text = fold(&text);
    values.iter().any(|value| {
        let value = fold(value);
        match kind {
            "beg" => text.starts_with(&value),
            "end" => text.ends_with(&value),
            "sub" | "dom" | "dir" => text.contains(&value),
            "reg" => Regex::new(&value).is_ok_and(|pattern| pattern.is_match(&text)),
            "found" => !text.is_empty(),
            _ => text == value,
        }
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
