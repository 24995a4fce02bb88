//! What names and texts are secrets. Shared by rules about tokens, keys and passwords.

/// Whether a field, key or variable of this name holds a secret.
#[must_use]
pub fn is_secret_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let parts: Vec<&str> =
        lower.split(|char: char| !char.is_ascii_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let Some(last) = parts.last() else { return false };
    let harmless = matches!(
        *last,
        "type"
            | "expiry"
            | "expiration"
            | "expires"
            | "expire"
            | "url"
            | "uri"
            | "count"
            | "length"
            | "policy"
            | "date"
            | "name"
            | "id"
            | "ids"
            | "label"
            | "field"
            | "enabled"
            | "required"
            | "valid"
            | "validity"
            | "state"
            | "status"
            | "hint"
            | "endpoint"
            | "lifetime"
            | "generated"
            | "message"
            | "help"
            | "method"
            | "file"
            | "path"
            | "confirm"
            | "min"
            | "minlength"
            | "algorithm"
            | "header"
            | "ok"
            | "map"
            | "mapping"
            | "string"
            | "format"
            | "prefix"
    ) && parts.len() > 1;
    if harmless
        || parts.iter().any(|part| {
            matches!(
                *part,
                "public" | "publishable" | "site" | "has" | "is" | "show" | "hide" | "reset" | "csrf" | "forgot"
            )
        })
    {
        return false;
    }
    parts.iter().any(|part| {
        matches!(
            *part,
            "password"
                | "passwd"
                | "pwd"
                | "secret"
                | "apikey"
                | "token"
                | "passphrase"
                | "signature"
                | "passcode"
                | "hmac"
        )
    }) || lower.ends_with("api_key")
        || lower.ends_with("access_key")
        || lower.ends_with("private_key")
        || lower.ends_with("secret_key")
        || lower.ends_with("encryption_key")
        || lower.ends_with("webhook_key")
        || lower.contains("client_secret")
        || lower.ends_with("auth_key")
        || lower.ends_with("license_key")
}

/// Whether a literal looks like a real secret and not like a name, a label or a placeholder.
#[must_use]
pub fn looks_like_secret(value: &str) -> bool {
    let trimmed = value.trim();
    let lower = trimmed.to_ascii_lowercase();
    if trimmed.len() < 6 || trimmed.contains(char::is_whitespace) || trimmed.contains("://") {
        return false;
    }
    const PLACEHOLDERS: [&str; 26] = [
        "changeme",
        "change_me",
        "change-me",
        "example",
        "placeholder",
        "dummy",
        "xxxx",
        "your",
        "todo",
        "test",
        "demo",
        "sample",
        "fake",
        "none",
        "null",
        "<",
        "{",
        "%(",
        "****",
        "....",
        "secret_key",
        "api_key",
        "access_token",
        "insert",
        "%s",
        "=",
    ];
    if PLACEHOLDERS.iter().any(|word| lower.contains(word)) {
        return false;
    }
    let is_word = trimmed.chars().all(|char| char.is_ascii_lowercase() || char == '_' || char == '.' || char == '-');
    // `password`, `access.token`: the name of a field, not its value.
    if is_word && (is_secret_name(trimmed) || trimmed.contains(['_', '.', '-']) || trimmed.len() < 12) {
        return false;
    }
    // `Password`, `AccessToken`, `X-Api-Key`: a label.
    let letters_only = trimmed.chars().all(|char| char.is_ascii_alphabetic() || char == '-' || char == '_');
    if letters_only && is_secret_name(&trimmed.replace('-', "_")) {
        return false;
    }
    if letters_only && trimmed.len() < 16 {
        return false;
    }
    true
}

/// Prefixes of keys that their issuers publish as secret.
#[must_use]
pub fn known_key(value: &str) -> Option<&'static str> {
    const KEYS: [(&str, &str, usize); 14] = [
        ("sk_live_", "a Stripe secret key", 20),
        ("rk_live_", "a Stripe restricted key", 20),
        ("AKIA", "an AWS access key", 20),
        ("ASIA", "an AWS access key", 20),
        ("ghp_", "a GitHub token", 36),
        ("github_pat_", "a GitHub token", 40),
        ("glpat-", "a GitLab token", 20),
        ("xoxb-", "a Slack token", 20),
        ("xoxp-", "a Slack token", 20),
        ("AIza", "a Google API key", 35),
        ("ya29.", "a Google access token", 20),
        ("SG.", "a SendGrid key", 40),
        ("-----BEGIN RSA PRIVATE KEY", "a private key", 20),
        ("-----BEGIN PRIVATE KEY", "a private key", 20),
    ];
    let value = value.strip_prefix("Bearer ").or_else(|| value.strip_prefix("token ")).unwrap_or(value);
    KEYS.iter()
        .find(|(prefix, _, length)| value.starts_with(prefix) && value.len() >= *length)
        .map(|(_, what, _)| *what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for name in
            ["password", "api_key", "access_token", "x_client_secret", "webhook.secret", "smtp_pass_word_secret"]
        {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "token_type",
            "password_expiry",
            "public_token",
            "has_password",
            "site_key",
            "name",
            "tokenizer",
            "csrf_token",
            "secret_count",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn values() {
        for value in ["Tr0ub4dor&3", "9f8e7d6c5b4a39281706", "hunter2!", "qZ81kd02kfj3"] {
            assert!(looks_like_secret(value), "{value}");
        }
        for value in [
            "password",
            "access_token",
            "changeme",
            "https://a/b",
            "",
            "a b c",
            "X-Api-Key",
            "base.group_user",
            "your-key-here",
        ] {
            assert!(!looks_like_secret(value), "{value}");
        }
        assert_eq!(known_key("AKIAIOSFODNN7ABCDEFG"), Some("an AWS access key"));
        assert_eq!(known_key("Bearer AKIAIOSFODNN7ABCDEFG"), Some("an AWS access key"));
    }
}
