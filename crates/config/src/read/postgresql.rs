//! `postgresql.conf`: `name = value`, the last one wins; `include`, `include_if_exists`, `include_dir`.
//!
//! Source: PostgreSQL documentation, "Setting Parameters"; `src/backend/utils/misc/guc-file.l`.

use crate::source::{FileId, Problem, Site, Word};

/// One setting.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Name, lower-cased.
    pub name: Word,
    /// Value without quotes.
    pub value: Word,
    /// Both.
    pub site: Site,
}

/// Reads a file; includes are settings with those names.
#[must_use]
pub fn parse(file: FileId, text: &str) -> (Vec<Setting>, Vec<Problem>) {
    let mut settings = Vec::new();
    let mut problems = Vec::new();
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let line = raw.trim_end_matches(['\n', '\r']);
        let body = line.trim_start();
        if body.is_empty() || body.starts_with('#') {
            continue;
        }
        let from = start + (line.len() - body.len());
        let name_length = body.find(|char: char| char == '=' || char.is_whitespace()).unwrap_or(body.len());
        let (name, rest) = body.split_at(name_length);
        let after = rest.trim_start();
        let after = after.strip_prefix('=').unwrap_or(after);
        let value_text = after.trim_start();
        let value_start = from + (body.len() - value_text.len());
        let (value, length) = match value_text.strip_prefix('\'') {
            Some(quoted) => unquote(quoted),
            None => {
                let plain = value_text.split('#').next().unwrap_or("").trim_end();
                (plain.to_owned(), plain.len())
            }
        };
        if name.is_empty() || length == 0 {
            problems.push(Problem::new(from, from + body.len(), "neither `name = value` nor a comment"));
            continue;
        }
        let name = Word { text: name.to_lowercase(), site: Site::new(file, from, from + name.len()) };
        let value = Word { text: value, site: Site::new(file, value_start, value_start + length) };
        let site = name.site.to(value.site);
        settings.push(Setting { name, value, site });
    }
    (settings, problems)
}

/// The meaning of a quoted value behind its first quote, and its length with both quotes.
fn unquote(text: &str) -> (String, usize) {
    let mut out = String::new();
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        match char {
            '\'' if chars.peek().is_some_and(|(_, next)| *next == '\'') => {
                chars.next();
                out.push('\'');
            }
            '\'' => return (out, at + 2),
            '\\' => {
                if let Some((_, next)) = chars.next() {
                    out.push(next);
                }
            }
            other => out.push(other),
        }
    }
    (out, text.len() + 1)
}

/// A truth value as PostgreSQL reads it: any unambiguous beginning of true, false, yes, no, on, off, or 1, 0.
#[must_use]
pub fn boolean(value: &str) -> Option<bool> {
    let lower = value.to_lowercase();
    let begins = |word: &str, least: usize| lower.len() >= least && word.starts_with(&lower);
    if lower == "1" || begins("true", 1) || begins("yes", 1) || lower == "on" {
        Some(true)
    } else if lower == "0" || begins("false", 1) || begins("no", 1) || begins("off", 2) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_with_and_without_quotes_and_equals() {
        let text = "listen_addresses = '*'   # all\nport 5433\nSSL=on#x\nlog_line_prefix = '%m [%p] ''q'' '\n#off = 1\nbroken\n";
        let (settings, problems) = parse(FileId(0), text);
        let pairs: Vec<(&str, &str)> =
            settings.iter().map(|setting| (setting.name.text.as_str(), setting.value.text.as_str())).collect();
        assert_eq!(
            pairs,
            [("listen_addresses", "*"), ("port", "5433"), ("ssl", "on"), ("log_line_prefix", "%m [%p] 'q' ")]
        );
        assert_eq!(text.get(settings[0].value.site.range.as_usize()), Some("'*'"));
        assert_eq!(problems.len(), 1);
        assert_eq!(
            (boolean("ON"), boolean("of"), boolean("t"), boolean("maybe")),
            (Some(true), Some(false), Some(true), None)
        );
    }
}
