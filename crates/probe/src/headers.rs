//! Security headers as browsers read them.

use std::net::IpAddr;

use crate::evidence::Exchange;
use crate::view::is_session;

/// 180 days in seconds: the least that is taken for lasting.
pub const SIX_MONTHS: u64 = 15_552_000;

/// `Strict-Transport-Security`, RFC 6797.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hsts {
    /// Seconds.
    pub max_age: u64,
    /// Every name below too.
    pub subdomains: bool,
    /// Asks to be built into browsers.
    pub preload: bool,
}

/// Reads `Strict-Transport-Security`; `None` when browsers would throw it away.
#[must_use]
pub fn hsts(value: &str) -> Option<Hsts> {
    let mut max_age = None;
    let (mut subdomains, mut preload) = (false, false);
    for directive in value.split(';') {
        let (name, argument) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "max-age" => {
                let digits = argument.trim().trim_matches('"');
                // Two of them make the header invalid.
                if max_age.is_some() || digits.is_empty() || !digits.chars().all(|char| char.is_ascii_digit()) {
                    return None;
                }
                max_age = Some(digits.parse().unwrap_or(u64::MAX));
            }
            "includesubdomains" => subdomains = true,
            "preload" => preload = true,
            _ => {}
        }
    }
    Some(Hsts { max_age: max_age?, subdomains, preload })
}

/// The value of `Referrer-Policy` that counts: the last one that is known.
#[must_use]
pub fn referrer_policy(value: &str) -> Option<&'static str> {
    const KNOWN: [&str; 8] = [
        "no-referrer",
        "no-referrer-when-downgrade",
        "origin",
        "origin-when-cross-origin",
        "same-origin",
        "strict-origin",
        "strict-origin-when-cross-origin",
        "unsafe-url",
    ];
    value.split(',').rev().find_map(|word| KNOWN.into_iter().find(|known| word.trim().eq_ignore_ascii_case(known)))
}

/// What a content security policy says of the things that rules and grades ask for. Sources are lower-cased.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// There is one.
    pub is_present: bool,
    /// Directives of every policy in force, the first of a name in each.
    pub directives: Vec<(String, Vec<String>)>,
    /// Sources of scripts: `script-src`, or `default-src`.
    pub script: Option<Vec<String>>,
}

impl Policy {
    /// The sources of a directive.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[String]> {
        self.directives.iter().find(|(known, _)| known == name).map(|(_, sources)| sources.as_slice())
    }

    /// The sources of a directive that falls back to `default-src`.
    #[must_use]
    pub fn fetch(&self, name: &str) -> Option<&[String]> {
        self.get(name).or_else(|| self.get("default-src"))
    }
}

/// The policy of an answer. Of several, sources that one of them forbids stay in the list only when all that speak of them allow them.
#[must_use]
pub fn policy(exchange: &Exchange) -> Policy {
    policy_of(exchange.all("content-security-policy"))
}

/// The policy of header values.
#[must_use]
pub fn policy_of<'v>(values: impl Iterator<Item = &'v str>) -> Policy {
    let mut out = Policy::default();
    for text in values.flat_map(|value| value.split(',')) {
        let mut own: Vec<(String, Vec<String>)> = Vec::new();
        for directive in text.split(';') {
            let mut words = directive.split_whitespace().map(str::to_ascii_lowercase);
            let Some(name) = words.next() else { continue };
            if !own.iter().any(|(known, _)| *known == name) {
                own.push((name, words.collect()));
            }
        }
        out.is_present |= !own.is_empty();
        for (name, sources) in own {
            match out.directives.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => known.retain(|source| sources.contains(source)),
                None => out.directives.push((name, sources)),
            }
        }
    }
    out.script = out.fetch("script-src").map(<[String]>::to_vec);
    out
}

/// Policies that a page holds in itself.
#[must_use]
pub fn meta_policies(body: &str) -> Vec<String> {
    meta(body, "content-security-policy")
}

/// Values of a header that a page gives in `<meta http-equiv>`; `name` in lower case.
#[must_use]
pub fn meta(body: &str, name: &str) -> Vec<String> {
    tags(body, "<meta")
        .filter(|tag| attribute(tag, "http-equiv").is_some_and(|value| value.trim().eq_ignore_ascii_case(name)))
        .filter_map(|tag| attribute(tag, "content"))
        .collect()
}

/// Policies for the referrer that a page holds in itself.
#[must_use]
pub fn meta_referrer(body: &str) -> Vec<String> {
    tags(body, "<meta")
        .filter(|tag| attribute(tag, "name").is_some_and(|value| value.trim().eq_ignore_ascii_case("referrer")))
        .filter_map(|tag| attribute(tag, "content"))
        .collect()
}

/// The texts of tags, from `<` up to `>`.
fn tags<'b>(body: &'b str, start: &'static str) -> impl Iterator<Item = &'b str> {
    let lower = body.to_ascii_lowercase();
    let places: Vec<usize> = lower.match_indices(start).map(|(at, _)| at).collect();
    places.into_iter().filter_map(move |at| body.get(at..)?.split('>').next())
}

/// The first source that lets any script run.
#[must_use]
pub fn weak_script_source(sources: &[String]) -> Option<&str> {
    let guarded = sources.iter().any(|source| source.starts_with("'nonce-") || source.starts_with("'sha"));
    let strict = sources.iter().any(|source| source == "'strict-dynamic'");
    sources.iter().map(String::as_str).find(|source| match *source {
        "'unsafe-inline'" => !guarded,
        "*" | "data:" | "http:" | "https:" | "blob:" => !strict,
        _ => false,
    })
}

/// Whether an answer says who may show it in a frame.
#[must_use]
pub fn frames_are_limited(exchange: &Exchange) -> bool {
    let by_policy = policy(exchange)
        .get("frame-ancestors")
        .is_some_and(|sources| !sources.iter().any(|source| matches!(source.as_str(), "*" | "http:" | "https:")));
    let by_header = exchange
        .header("x-frame-options")
        .is_some_and(|value| matches!(value.trim().to_ascii_lowercase().as_str(), "deny" | "sameorigin"));
    by_policy || by_header
}

/// A cookie as it is set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cookie {
    /// Name.
    pub name: String,
    /// Over TLS only.
    pub secure: bool,
    /// Not for scripts.
    pub http_only: bool,
    /// `strict`, `lax`, `none` or what stands there, lower-cased.
    pub same_site: Option<String>,
}

/// Reads one `Set-Cookie`.
#[must_use]
pub fn cookie(value: &str) -> Option<Cookie> {
    let mut parts = value.split(';');
    let name = parts.next()?.split_once('=')?.0.trim().to_owned();
    let mut cookie = Cookie { name, ..Cookie::default() };
    for part in parts {
        let (name, argument) = part.split_once('=').unwrap_or((part, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "secure" => cookie.secure = true,
            "httponly" => cookie.http_only = true,
            "samesite" => cookie.same_site = Some(argument.trim().to_ascii_lowercase()),
            _ => {}
        }
    }
    Some(cookie)
}

/// Odoo's session cookie.
#[must_use]
pub fn session(exchange: &Exchange) -> Option<Cookie> {
    exchange.all("set-cookie").find(|value| is_session(value)).and_then(cookie)
}

/// A script, style or frame of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Where from, as written.
    pub url: String,
    /// Its hash.
    pub integrity: Option<String>,
    /// A script or a style; otherwise a frame.
    pub is_script: bool,
    /// A script.
    pub is_element: bool,
}

/// Scripts, styles and frames of a page, by their tags.
#[must_use]
pub fn scripts(body: &str) -> Vec<Script> {
    let mut out = Vec::new();
    for (kind, name) in [("<script", "src"), ("<link", "href"), ("<iframe", "src")] {
        for tag in tags(body, kind) {
            if kind == "<link" && !tag.to_ascii_lowercase().contains("stylesheet") {
                continue;
            }
            if let Some(url) = attribute(tag, name) {
                let integrity = attribute(tag, "integrity");
                out.push(Script { url, integrity, is_script: kind != "<iframe", is_element: kind == "<script" });
            }
        }
    }
    out
}

/// The value of an attribute in the text of a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let at = lower.match_indices(name).find(|(at, _)| {
        let before = at.checked_sub(1).and_then(|before| lower.as_bytes().get(before));
        let after = lower.as_bytes().get(at + name.len());
        before.is_some_and(u8::is_ascii_whitespace)
            && after.is_some_and(|byte| *byte == b'=' || byte.is_ascii_whitespace())
    })?;
    let rest = tag.get(at.0 + name.len()..)?.trim_start().strip_prefix('=')?.trim_start();
    let value = match rest.chars().next()? {
        quote @ ('"' | '\'') => rest.get(1..)?.split(quote).next()?,
        _ => rest.split(|char: char| char.is_ascii_whitespace() || char == '>').next()?,
    };
    Some(value.replace("&amp;", "&"))
}

/// The address that a page gives for itself.
#[must_use]
pub fn canonical(body: &str) -> Option<&str> {
    let at = body.find("rel=\"canonical\"")?;
    let start = body.get(..at)?.rfind('<')?;
    let tag = body.get(start..)?.split('>').next()?;
    tag.split("href=\"").nth(1)?.split('"').next()
}

/// The host of a URL.
#[must_use]
pub fn host_of(url: &str) -> Option<String> {
    url::Url::parse(url).ok()?.host_str().map(str::to_owned)
}

/// Whether a host is one that only an internal network knows.
#[must_use]
pub fn is_private_host(host: &str) -> bool {
    match host.trim_matches(['[', ']']).parse() {
        Ok(IpAddr::V4(address)) => address.is_private() || address.is_loopback() || address.is_link_local(),
        Ok(IpAddr::V6(address)) => {
            address.is_loopback()
                || (address.segments()[0] & 0xfe00) == 0xfc00
                || (address.segments()[0] & 0xffc0) == 0xfe80
        }
        Err(_) => {
            host == "localhost"
                || [".local", ".lan", ".internal", ".localhost", ".intranet", ".home.arpa", ".test"]
                    .iter()
                    .any(|end| host.ends_with(end))
        }
    }
}

/// A private address or `localhost` in a text.
#[must_use]
pub fn private_address(text: &str) -> Option<String> {
    text.split(|char: char| !(char.is_ascii_alphanumeric() || char == '.')).map(|word| word.trim_matches('.')).find_map(
        |word| {
            let address: Option<std::net::Ipv4Addr> = word.parse().ok();
            let private = address.is_some_and(|address| address.is_private() || address.is_loopback());
            (private || word == "localhost").then(|| word.to_owned())
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hsts_as_rfc_6797_reads_it() {
        for (text, expected) in [
            ("max-age=31536000", Some((31_536_000, false, false))),
            ("Max-Age=\"1\"; includeSubDomains ; preload", Some((1, true, true))),
            ("max-age=1; max-age=2", None),
            ("max-age=-1", None),
            ("includeSubDomains", None),
            ("", None),
        ] {
            let found = hsts(text).map(|hsts| (hsts.max_age, hsts.subdomains, hsts.preload));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn policies_meet() {
        let policy =
            policy_of(["default-src 'self'; script-src 'self' 'unsafe-inline'", "script-src 'self'"].into_iter());
        assert_eq!(policy.script, Some(vec!["'self'".to_owned()]));
        assert_eq!(weak_script_source(&["'unsafe-inline'".into(), "'nonce-x'".into()]), None);
        assert_eq!(weak_script_source(&["'self'".into(), "data:".into()]), Some("data:"));
        assert!(!policy_of(std::iter::once(" ; ")).is_present);
    }

    #[test]
    fn scripts_are_read_from_tags() {
        let body = r#"<SCRIPT async src="//a.example/x.js?a=1&amp;b" integrity='sha384-x'></script><link rel=stylesheet href=/x.css><link rel="icon" href="http://y"><script data-src="no"></script>"#;
        let found = scripts(body);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].url, "//a.example/x.js?a=1&b");
        assert_eq!(found[0].integrity.as_deref(), Some("sha384-x"));
        assert_eq!(found[1].url, "/x.css");
    }

    #[test]
    fn addresses_of_inside() {
        assert_eq!(private_address("http://10.0.3.7:8069/web").as_deref(), Some("10.0.3.7"));
        assert_eq!(private_address("1.2.3.4, 198.51.100.1"), None);
        assert!(is_private_host("[::1]") && is_private_host("erp.local") && !is_private_host("erp.example.com"));
        assert_eq!(
            canonical(r#"<link rel="canonical" href="http://localhost:8069/"/>"#),
            Some("http://localhost:8069/")
        );
    }
}
