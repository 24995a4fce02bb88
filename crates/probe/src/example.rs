//! Examples of rule pages as evidence: a hardened Odoo, with the answers of the example in place of its own.
//!
//! ```text
//! > manager
//! 200
//! content-type: text/html
//!
//! the body
//! ```
//!
//! A `json` block is TLS evidence. A `dns` block has a record a line, `TXT example.com v=spf1 -all`; without a record nothing is there.

use castellan_model::Example;

use crate::dns::{Answer, DnsEvidence};
use crate::evidence::{Consent, Evidence, Exchange, Port};
use crate::probes::{BASELINE, PROBES, Scheme};
use crate::tls::{Certificate, TlsEvidence, Version};

/// Now, in every example.
pub const TIME: i64 = 1_790_000_000;

const LOGIN: &str = r#"<html><head><title>Login | Example</title><script src="/web/assets/1a2b3c4/web.assets_frontend_minimal.min.js"></script>
<script>odoo.__session_info__ = {"uid": null}</script></head><body>
<form class="oe_login_form" action="/web/login" method="post"><input type="hidden" name="csrf_token" value="0123456789abcdef0123456789abcdef01234567"/></form></body></html>"#;

/// The evidence of an example.
#[must_use]
pub fn evidence(example: &Example) -> Evidence {
    let mut evidence = changed(example);
    for answer in evidence.dns.iter_mut().flat_map(|dns| dns.answers.values_mut()) {
        answer.code = answer.code.trim_start_matches("default ").to_owned();
    }
    evidence
}

fn changed(example: &Example) -> Evidence {
    let mut evidence = base();
    if example.language == "json" {
        match serde_json::from_str(&example.text) {
            Ok(tls) => evidence.tls = Some(tls),
            Err(error) => evidence.unreachable = Some(format!("the example is no TLS evidence: {error}")),
        }
        return evidence;
    }
    if example.language == "dns" {
        let dns = evidence.dns.get_or_insert_default();
        for line in example.text.lines() {
            record(dns, line);
        }
        return evidence;
    }
    let text = format!("\n{}", example.text);
    for part in text.split("\n> ").filter(|part| !part.trim().is_empty()) {
        let (head, body) = part.split_once("\n\n").unwrap_or((part, ""));
        let mut lines = head.lines();
        let name = lines.next().unwrap_or_default().trim();
        if let Some(port) = name.strip_prefix("port ").and_then(|port| port.parse().ok()) {
            evidence.ports.insert(port, Port::Open);
            continue;
        }
        let status = lines.next().and_then(|line| line.trim().parse().ok()).unwrap_or(0);
        let headers = lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        let known = evidence.exchanges.get(name).cloned().unwrap_or_default();
        evidence
            .exchanges
            .insert(name.to_owned(), Exchange { status, headers, body: body.trim_end().to_owned(), ..known });
    }
    evidence
}

/// Adds a line such as `TXT example.com v=spf1 -all`, `SERVFAIL A erp.example.com`, `SIGNED A erp.example.com 192.0.2.1`.
fn record(dns: &mut DnsEvidence, line: &str) {
    let mut words = line.split_whitespace();
    let first = words.next().unwrap_or_default();
    let (code, signed, kind) = match first {
        "SERVFAIL" | "NXDOMAIN" => (first, false, words.next().unwrap_or_default()),
        "SIGNED" => ("NOERROR", true, words.next().unwrap_or_default()),
        kind => ("NOERROR", false, kind),
    };
    let kind = if kind == "CD" { format!("CD {}", words.next().unwrap_or_default()) } else { kind.to_owned() };
    let name = words.next().unwrap_or_default();
    let rest = words.collect::<Vec<_>>().join(" ");
    let answer = dns.answers.entry(format!("{kind} {name}")).or_default();
    // A name is told anew once, and then gets its further records.
    if answer.code.starts_with("default") || answer.code.is_empty() {
        *answer = Answer::default();
    }
    answer.code = code.to_owned();
    answer.authentic = signed;
    match rest.strip_prefix("-> ") {
        Some(alias) => answer.aliases.push(alias.to_owned()),
        None if !rest.is_empty() => answer.records.push(rest),
        None => {}
    }
}

/// Records of a name that is in order. `default` makes way for what an example says.
fn good_dns() -> DnsEvidence {
    let mut dns =
        DnsEvidence { host: "erp.example.com".into(), domain: "example.com".into(), ..DnsEvidence::default() };
    for line in [
        "SIGNED A erp.example.com 192.0.2.1",
        "AAAA erp.example.com",
        "CAA erp.example.com",
        "CAA example.com 0 issue \"letsencrypt.org\"",
        "MX example.com 10 mx.example.com.",
        "TXT example.com v=spf1 mx -all",
        "TXT _dmarc.example.com v=DMARC1; p=reject; rua=mailto:d@example.com",
        "TXT _mta-sts.example.com v=STSv1; id=1",
        "DS example.com 1 13 2 abc",
    ] {
        record(&mut dns, line);
    }
    for selector in crate::dns::SELECTORS {
        record(&mut dns, &format!("TXT {selector}._domainkey.example.com"));
    }
    for answer in dns.answers.values_mut() {
        answer.code.insert_str(0, "default ");
    }
    dns
}

/// An Odoo behind a good proxy.
#[must_use]
pub fn hardened() -> Evidence {
    evidence(&Example { is_bad: false, language: "dns".into(), text: String::new(), series: None })
}

fn base() -> Evidence {
    let site = "https://erp.example.com";
    let mut evidence = Evidence {
        site: site.to_owned(),
        host: "erp.example.com".to_owned(),
        time: TIME,
        consent: Consent::B,
        tls: Some(good_tls()),
        dns: Some(good_dns()),
        ..Evidence::default()
    };
    for probe in BASELINE.iter().chain(PROBES) {
        let base = if probe.scheme == Scheme::Plain { "http://erp.example.com" } else { site };
        let mut exchange = Exchange {
            method: probe.method.to_owned(),
            url: format!("{base}{}", probe.target),
            sent: probe.headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            status: 404,
            headers: vec![("content-type".into(), "text/html".into()), ("server".into(), "nginx".into())],
            body: "<html><head><title>404 Not Found</title></head></html>".into(),
            ..Exchange::default()
        };
        if probe.scheme == Scheme::Plain {
            exchange.status = 301;
            exchange.headers.push(("location".into(), format!("{site}{}", probe.target)));
        }
        if matches!(probe.name, "login" | "cors" | "dbfilter" | "forwarded-host") {
            exchange.status = 200;
            exchange.body = LOGIN.to_owned();
            for (name, value) in [
                ("strict-transport-security", "max-age=31536000; includeSubDomains"),
                ("x-content-type-options", "nosniff"),
                ("x-frame-options", "SAMEORIGIN"),
                ("referrer-policy", "strict-origin-when-cross-origin"),
                ("permissions-policy", "camera=(), microphone=()"),
                ("cache-control", "no-store"),
                (
                    "set-cookie",
                    "session_id=55da6617edf3665ce871a1a76fbecd3271f4cd9c; Path=/; Secure; HttpOnly; SameSite=Lax",
                ),
            ] {
                exchange.headers.push((name.into(), value.into()));
            }
        }
        if probe.name == "robots" {
            exchange.status = 200;
            exchange.body = "User-agent: *\nSitemap: https://erp.example.com/sitemap.xml".to_owned();
        }
        if probe.name == "home" {
            exchange.status = 303;
            exchange.headers.push(("location".into(), "/web/login".into()));
        }
        evidence.exchanges.insert(probe.name.to_owned(), exchange);
    }
    for port in crate::probes::PORTS {
        evidence.ports.insert(port, Port::Closed);
    }
    evidence
}

/// A server that offers what is good today.
fn good_tls() -> TlsEvidence {
    let suites = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect();
    TlsEvidence {
        versions: vec![
            Version { number: 0x0303, suites: suites(&["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"]) },
            Version { number: 0x0304, suites: suites(&["TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"]) },
        ],
        groups: vec![0x11ec, 0x001d, 0x0017],
        prefers_own_order: Some(true),
        refuses_fallback: Some(true),
        secure_renegotiation: Some(true),
        extended_master_secret: Some(true),
        protocols: vec!["h2".into()],
        chains: vec![vec![good_certificate(), Certificate { is_authority: true, ..good_certificate() }]],
        ..TlsEvidence::default()
    }
}

fn good_certificate() -> Certificate {
    Certificate {
        subject: "CN=erp.example.com".into(),
        issuer: "CN=An Authority".into(),
        names: vec!["erp.example.com".into()],
        not_before: TIME - 20 * 86_400,
        not_after: TIME + 70 * 86_400,
        key_kind: "EC".into(),
        key_bits: 256,
        signature_hash: "SHA256".into(),
        timestamps: true,
        revocation: true,
        ..Certificate::default()
    }
}
