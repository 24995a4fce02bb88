//! Finds values of passwords in any file, so that no report and no bundle shows them.

use std::sync::LazyLock;

use castellan_model::Range;
use regex::Regex;

/// A name that speaks of a password, a sign or blanks, the value.
static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?i)[\w.-]*(?:passwor[dt]|passwd|passphrase|secret|api_?key|access_?key|auth_?token|master_pwd|mysql_pwd)[\w.-]*(?:["']?[ \t]*[:=][ \t]*|["']?[ \t]+)["']?([^\s"';,#]{3,})"#,
    )
    .ok()
});

/// Odoo's short option for the database password, and user information in a URL.
static PLACED: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r#"(?:(?:^|\s)-w[ \t=]?([^\s-][^\s"']{2,})|://[^\s/:@]*:([^\s/@]{3,})@)"#).ok());

/// Words that stand behind such names and are no passwords.
const HARMLESS: [&str; 22] = [
    "yes",
    "no",
    "true",
    "false",
    "on",
    "off",
    "none",
    "null",
    "scram-sha-256",
    "md5",
    "peer",
    "reject",
    "trust",
    "prohibit-password",
    "forced-commands-only",
    "password",
    "basic",
    "for",
    "and",
    "the",
    "is",
    "file",
];

/// Places of values that are passwords by their name or place.
#[must_use]
pub fn find(text: &str) -> Vec<Range> {
    let mut found = Vec::new();
    let named = NAMED.iter().flat_map(|pattern| pattern.captures_iter(text));
    let placed = PLACED.iter().flat_map(|pattern| pattern.captures_iter(text));
    for captures in named.chain(placed) {
        let Some(value) = captures.iter().skip(1).flatten().next() else { continue };
        let word = value.as_str();
        let reference = word.starts_with(['$', '/', '%', '{', '(', '<', '`']) || word.starts_with("file:");
        if !reference && !HARMLESS.contains(&word.to_lowercase().as_str()) {
            found.push(Range::new(value.start(), value.end()));
        }
    }
    found.sort();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_found_in_every_form() {
        for (text, wanted) in [
            ("PGPASSWORD=hunter22 pg_dump x", &["hunter22"][..]),
            ("ExecStart=/usr/bin/odoo -w hunter22 -c /etc/odoo.conf", &["hunter22"]),
            ("odoo --db_password=hunter22 --smtp-password hunter33", &["hunter22", "hunter33"]),
            ("      POSTGRES_PASSWORD: \"hunter22\"", &["hunter22"]),
            ("{\"api_key\": \"hunter22\"}", &["hunter22"]),
            ("git clone https://me:hunter22@example.com/x", &["hunter22"]),
            ("PasswordAuthentication yes", &[]),
            ("password_encryption = scram-sha-256", &[]),
            ("host all all 10.0.0.0/8 password\nhost all all all reject", &[]),
            ("PASSWORD_FILE=/run/secrets/db", &[]),
            ("password: ${DB_PASSWORD}", &[]),
            ("ExecStart=/usr/bin/odoo -c /x --workers=4", &[]),
        ] {
            let found: Vec<&str> = find(text).into_iter().filter_map(|range| text.get(range.as_usize())).collect();
            assert_eq!(found, wanted, "{text}");
        }
    }
}
