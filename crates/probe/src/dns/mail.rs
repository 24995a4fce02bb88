//! SPF (RFC 7208), DMARC (RFC 7489) and DKIM (RFC 6376) as receivers read them.

use std::collections::BTreeMap;

use x509_parser::prelude::FromDer;
use x509_parser::public_key::PublicKey;
use x509_parser::x509::SubjectPublicKeyInfo;

use super::DnsEvidence;

/// Lookups that a policy may cost.
pub const LOOKUPS: usize = 10;
/// Lookups without an answer that it may cost.
pub const VOID: usize = 2;

/// What an SPF policy comes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spf {
    /// The policy as written.
    pub text: String,
    /// What stands before `all`: `-`, `~`, `?`, `+`; none when it never ends.
    pub all: Option<char>,
    /// Lookups that it costs, with those of included policies.
    pub lookups: usize,
    /// Lookups that find nothing.
    pub void: usize,
    /// What is wrong with it.
    pub errors: Vec<String>,
    /// Questions that are not answered yet.
    pub missing: Vec<String>,
}

/// The policy of a domain; `None` without one.
#[must_use]
pub fn spf(evidence: &DnsEvidence, domain: &str) -> Option<Spf> {
    let found = evidence.texts(domain, "v=spf1");
    let found: Vec<&str> =
        found.into_iter().filter(|text| text.len() == 6 || text.get(6..7).is_some_and(|next| next == " ")).collect();
    let text = *found.first()?;
    let mut spf = Spf { text: text.to_owned(), ..Spf::default() };
    if found.len() > 1 {
        spf.errors.push(format!("{} policies: receivers take none of them", found.len()));
    }
    let mut seen = vec![domain.to_lowercase()];
    walk(evidence, text, &mut spf, &mut seen, true);
    Some(spf)
}

fn walk(evidence: &DnsEvidence, text: &str, spf: &mut Spf, seen: &mut Vec<String>, is_own: bool) {
    let mut redirect = None;
    let mut ended = false;
    for term in text.split_whitespace().skip(1) {
        let (sign, bare) = match term.chars().next() {
            Some(sign @ ('+' | '-' | '~' | '?')) => (sign, &term[1..]),
            _ => ('+', term),
        };
        let end = bare.find([':', '=', '/']).unwrap_or(bare.len());
        let (name, argument) = bare.split_at(end);
        match name.to_ascii_lowercase().as_str() {
            "all" => {
                ended = true;
                if is_own && spf.all.is_none() {
                    spf.all = Some(sign);
                }
            }
            "include" => include(evidence, argument.trim_start_matches(':'), spf, seen, false),
            "a" | "mx" | "exists" => spf.lookups += 1,
            "ptr" => {
                spf.lookups += 1;
                if is_own {
                    spf.errors.push("`ptr` must not be used any more".to_owned());
                }
            }
            "ip4" | "ip6" => {}
            "redirect" => redirect = Some(argument.trim_start_matches('=').to_owned()),
            "exp" => {}
            _ if argument.starts_with('=') => {}
            other if is_own => {
                spf.errors.push(format!("`{}` is no mechanism", other.chars().take(40).collect::<String>()))
            }
            _ => {}
        }
    }
    if let Some(target) = redirect.filter(|_| !ended) {
        include(evidence, &target, spf, seen, is_own);
    }
}

fn include(evidence: &DnsEvidence, target: &str, spf: &mut Spf, seen: &mut Vec<String>, is_own: bool) {
    spf.lookups += 1;
    let target = target.trim_end_matches('.').to_lowercase();
    // A macro depends on the mail; what was read already leads in a circle.
    if target.contains('%') || seen.contains(&target) || seen.len() > 30 {
        return;
    }
    seen.push(target.clone());
    match evidence.get("TXT", &target) {
        None => spf.missing.push(format!("TXT {target}")),
        Some(answer) if answer.records.is_empty() => spf.void += 1,
        Some(_) => match evidence.texts(&target, "v=spf1").first() {
            Some(text) => walk(evidence, text, spf, seen, is_own),
            None => spf.errors.push(format!("`{target}` is included and has no policy")),
        },
    }
}

/// Tags of a DMARC or DKIM record, names in lower case.
#[must_use]
pub fn tags(text: &str) -> BTreeMap<String, String> {
    text.split(';')
        .filter_map(|part| part.split_once('='))
        .map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned()))
        .collect()
}

/// Bits of the RSA key of a DKIM record; `None` for other kinds and for what cannot be read.
#[must_use]
pub fn key_bits(record: &str) -> Option<usize> {
    let tags = tags(record);
    if tags.get("k").is_some_and(|kind| kind != "rsa") {
        return None;
    }
    let text: String = tags.get("p")?.chars().filter(|char| !char.is_whitespace()).collect();
    let der = base64(&text)?;
    let (_, info) = SubjectPublicKeyInfo::from_der(&der).ok()?;
    match info.parsed().ok()? {
        PublicKey::RSA(key) => Some(key.key_size()),
        _ => None,
    }
}

fn base64(text: &str) -> Option<Vec<u8>> {
    data_encoding::BASE64.decode(text.as_bytes()).or_else(|_| data_encoding::BASE64_NOPAD.decode(text.as_bytes())).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::Answer;

    fn zone(records: &[(&str, &str)]) -> DnsEvidence {
        let mut evidence = DnsEvidence { domain: "example.com".into(), ..DnsEvidence::default() };
        for (name, text) in records {
            let answer = evidence
                .answers
                .entry(format!("TXT {name}"))
                .or_insert_with(|| Answer { code: "NOERROR".into(), ..Answer::default() });
            if !text.is_empty() {
                answer.records.push((*text).to_owned());
            }
        }
        evidence
    }

    #[test]
    fn lookups_are_counted_through_includes() {
        let evidence = zone(&[
            ("example.com", "v=spf1 a mx include:One.example include:gone.example -all"),
            ("one.example", "v=spf1 include:two.example ip4:192.0.2.0/24 ~all"),
            ("two.example", "v=spf1 include:one.example exists:%{i}.x ?all"),
            ("gone.example", ""),
        ]);
        let found = spf(&evidence, "example.com").unwrap();
        assert_eq!((found.lookups, found.void, found.all), (7, 1, Some('-')));
        assert_eq!((found.errors, found.missing), (vec![], vec![]));
    }

    #[test]
    fn redirects_count_as_the_own_end() {
        let evidence =
            zone(&[("example.com", "v=spf1 redirect=_spf.example.net"), ("_spf.example.net", "v=spf1 +all")]);
        assert_eq!(spf(&evidence, "example.com").unwrap().all, Some('+'));
        let open = zone(&[("example.com", "v=spf1 include:new.example foo:bar")]);
        let found = spf(&open, "example.com").unwrap();
        assert_eq!(found.missing, ["TXT new.example"]);
        assert_eq!(found.errors, ["`foo` is no mechanism"]);
        assert!(spf(&zone(&[("example.com", "v=spf10 all")]), "example.com").is_none());
    }

    #[test]
    fn keys_and_tags() {
        assert_eq!(tags("v=DMARC1; p=none ;PCT=50")["pct"], "50");
        assert_eq!(key_bits("v=DKIM1; p=notakey"), None);
        assert_eq!(key_bits("v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="), None);
    }
}
