//! Evidence as it may be kept: values of cookies, tokens and passwords, and what follows the beginning of a dump, are taken out. What the rules ask
//! of it stays as it was; a test judges every example of every rule with and without.

use std::sync::LazyLock;

use regex::Regex;

use crate::evidence::{Evidence, Exchange};

/// Of a body that is no page and no JSON this much stays: enough to see what it is.
const HEAD: usize = 2_000;
/// Of a dump, which holds records of business, this much.
const DUMP_HEAD: usize = 120;

/// A name that sounds like a secret, and its value: `DB_PASSWORD=...`, `"api_key": "..."`, `admin_passwd = ...`.
static ASSIGNED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)(["']?[a-z0-9_.-]*(?:pass|passwd|password|pwd|secret|token|api_?key|private_?key|credential)[a-z0-9_.-]*["']?[ \t]*[:=][ \t]*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s,;<>&]+)"#,
    )
    .ok()
});
/// A user and password in an address.
static ADDRESS: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)([a-z][a-z0-9+.-]*://[^\s/:@]*:)([^\s/@]+)@").ok());
/// A private key.
static KEY: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\z)").ok()
});
/// A run that is as long as a session's id or a token of a form.
static RUN: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[A-Za-z0-9_+-]{32,}").ok());

impl Evidence {
    /// The same without secrets.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        let mut out = self.clone();
        for exchange in out.exchanges.values_mut() {
            clean(exchange);
        }
        out
    }
}

/// A text without the values of secrets: passwords and tokens by the names in front of them or by their form, private keys, passwords in addresses.
#[must_use]
pub fn without_secrets(text: &str) -> String {
    let text = replaced(KEY.as_ref(), text, "(private key)");
    let text = assigned(&text);
    let text = replaced(ADDRESS.as_ref(), &text, "${1}****@");
    runs(&text)
}

fn clean(exchange: &mut Exchange) {
    for (name, value) in &mut exchange.headers {
        if name == "set-cookie" {
            *value = cookie(value);
        } else {
            *value = runs(value);
        }
    }
    // The head of a repository is a public name, and what the rule looks for.
    if exchange.body.trim().len() == 40 && exchange.body.trim().chars().all(|char| char.is_ascii_hexdigit()) {
        return;
    }
    let is_page = exchange.is_html() || exchange.json().is_some();
    let mut body = without_secrets(&exchange.body);
    if !is_page {
        let is_dump = body.contains("PostgreSQL database dump") || body.starts_with("PGDMP");
        let most = if is_dump { DUMP_HEAD } else { HEAD };
        if body.chars().count() > most
            && exchange.media_type() != "text/css"
            && !exchange.media_type().contains("javascript")
        {
            body = body.chars().take(most).collect();
            exchange.is_cut = true;
        }
    }
    exchange.body = body;
}

/// Values of names that sound like a secret; their quotes stay.
fn assigned(text: &str) -> String {
    let Some(pattern) = ASSIGNED.as_ref() else { return text.to_owned() };
    pattern
        .replace_all(text, |found: &regex::Captures<'_>| {
            let quote =
                found[2].chars().next().filter(|char| matches!(char, '"' | '\'')).map(String::from).unwrap_or_default();
            let value = found[2].trim_matches(['"', '\'']);
            let is_token = value.len() >= 20 && value.chars().all(|char| char.is_ascii_alphanumeric());
            let masked = if is_token { shape(value) } else { "****".to_owned() };
            format!("{}{quote}{masked}{quote}", &found[1])
        })
        .into_owned()
}

fn replaced(pattern: Option<&Regex>, text: &str, with: &str) -> String {
    pattern.map_or_else(|| text.to_owned(), |pattern| pattern.replace_all(text, with).into_owned())
}

/// `session_id=55da...; HttpOnly`: the name and what is said about it stay.
fn cookie(value: &str) -> String {
    let (pair, rest) = value.split_once(';').map_or((value, ""), |(pair, rest)| (pair, rest));
    let Some((name, content)) = pair.split_once('=') else { return value.to_owned() };
    let masked = shape(content.trim());
    if rest.is_empty() { format!("{name}={masked}") } else { format!("{name}={masked};{rest}") }
}

/// The shape of a token: what recognises a session of Odoo by its form still does.
fn shape(text: &str) -> String {
    text.chars()
        .map(|char| match char {
            char if char.is_ascii_digit() => '0',
            char if char.is_ascii_alphabetic() => 'a',
            other => other,
        })
        .collect()
}

/// Long runs with letters and digits, as their shape.
fn runs(text: &str) -> String {
    let Some(pattern) = RUN.as_ref() else { return text.to_owned() };
    pattern
        .replace_all(text, |found: &regex::Captures<'_>| {
            let run = &found[0];
            let secret = run.chars().any(|char| char.is_ascii_digit()) && run.chars().any(char::is_alphabetic);
            if secret { shape(run) } else { run.to_owned() }
        })
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{example, judge::judge, rules};

    #[test]
    fn every_example_is_judged_the_same() {
        for rule in rules::all() {
            let page = castellan_model::Page::parse(rule.source);
            for one in &page.examples {
                let evidence = example::evidence(one);
                let outcomes = |evidence: &Evidence| {
                    let judged = judge(evidence, &[], &[]);
                    judged.checks.iter().map(|check| (check.rule.clone(), check.outcome)).collect::<Vec<_>>()
                };
                assert_eq!(
                    outcomes(&evidence.without_secrets()),
                    outcomes(&evidence),
                    "{}: {}",
                    rule.meta.id,
                    one.text
                );
            }
        }
    }

    #[test]
    fn no_secret_is_left() {
        let exchange = |media: &str, body: &str| Exchange {
            status: 200,
            headers: vec![
                ("content-type".into(), media.into()),
                ("set-cookie".into(), "session_id=hunter2-value; HttpOnly; Path=/".into()),
            ],
            body: body.into(),
            ..Exchange::default()
        };
        let mut evidence = Evidence::default();
        let texts = [
            ("text/plain", "DB_PASSWORD=hunter2\nexport API_KEY='hunter2'\nadmin_passwd = hunter2\nURL=postgres://odoo:hunter2@db/x\n".to_owned()),
            ("application/yaml", "services:\n  db:\n    environment:\n      POSTGRES_PASSWORD: hunter2\n".to_owned()),
            ("application/json", "{\"client_secret\": \"hunter2 and more\", \"name\": \"x\"}".to_owned()),
            ("text/html", "<input name=\"csrf_token\" value=\"8a7hunter2b3c4d5e6f708192a3b4c5d6e7f80912\">".to_owned()),
            ("text/plain", "-----BEGIN RSA PRIVATE KEY-----\nhunter2\n-----END RSA PRIVATE KEY-----\n".to_owned()),
            ("application/sql", format!("--\n-- PostgreSQL database dump\n--\n{}COPY res_partner: hunter2\n", " ".repeat(200))),
        ];
        for (number, (media, body)) in texts.iter().enumerate() {
            evidence.exchanges.insert(number.to_string(), exchange(media, body));
        }
        let kept = serde_json::to_string(&evidence.without_secrets()).unwrap();
        assert!(!kept.contains("hunter2"), "{kept}");
        assert!(
            kept.contains("DB_PASSWORD=****") && kept.contains("session_id=aaaaaa0-aaaaa; HttpOnly; Path=/"),
            "{kept}"
        );
    }
}
