//! A change as people read it: a unified difference with its passwords masked.

use std::sync::LazyLock;

use regex::{Captures, Regex};
use similar::TextDiff;

use crate::plan::FilePlan;

static SECRET: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)((?:passw(?:or)?d|passwd|secret|token|api_?key)\w*\s*[=:]\s*)(\S.*)").ok());

/// The difference of one file.
#[must_use]
pub fn unified(file: &FilePlan) -> String {
    let mut out = String::new();
    let before = file.before.clone().unwrap_or_default();
    if before != file.after {
        let from = if file.before.is_some() { file.shown.clone() } else { "/dev/null".to_owned() };
        let diff = TextDiff::from_lines(&before, &file.after);
        let text = diff.unified_diff().context_radius(2).header(&from, &file.shown).to_string();
        for line in text.lines() {
            out.push_str(&masked(line));
            out.push('\n');
        }
    }
    if let Some(mode) = file.mode {
        out.push_str(&format!("mode of {}: {mode:04o}\n", file.shown));
    }
    out
}

/// A line with the value of a password replaced. A hash shows how it is made and nothing else.
fn masked(line: &str) -> String {
    let Some(pattern) = SECRET.as_ref() else { return line.to_owned() };
    pattern
        .replace(line, |found: &Captures<'_>| {
            let value = &found[2];
            if value.starts_with("$pbkdf2-sha512$") {
                let kept: Vec<&str> = value.split('$').take(3).collect();
                format!("{}{}$********", &found[1], kept.join("$"))
            } else if value.len() < 2 || matches!(value, "True" | "False" | "None") {
                found[0].to_owned()
            } else {
                format!("{}********", &found[1])
            }
        })
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_masked_on_both_sides() {
        let file = FilePlan {
            path: "/x".into(),
            shown: "/etc/odoo/odoo.conf".into(),
            before: Some("[options]\nadmin_passwd = s3cret\nlist_db = True\n".into()),
            after: "[options]\nadmin_passwd = $pbkdf2-sha512$600000$abc$def\nlist_db = False\n".into(),
            mode: Some(0o640),
        };
        let text = unified(&file);
        assert!(!text.contains("s3cret") && !text.contains("abc"));
        assert!(text.contains("-admin_passwd = ********\n"));
        assert!(text.contains("+admin_passwd = $pbkdf2-sha512$600000$********\n"));
        assert!(text.contains("-list_db = True\n") && text.contains("+list_db = False\n"));
        assert!(text.ends_with("mode of /etc/odoo/odoo.conf: 0640\n"));
    }
}
