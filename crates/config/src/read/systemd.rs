//! systemd unit files: sections, `Key=Value`, a backslash at the end of a line joins the next, comments are whole lines.
//!
//! Source: `systemd.syntax(7)`.

use crate::source::{FileId, Problem, Site, Word};

/// One assignment.
#[derive(Debug, Clone)]
pub struct Assignment {
    /// Section without brackets.
    pub section: String,
    /// Key.
    pub key: Word,
    /// Value, joined lines with a blank between them. Empty resets a list.
    pub value: Word,
    /// Both.
    pub site: Site,
}

/// Reads a unit file or drop-in.
#[must_use]
pub fn parse(file: FileId, text: &str) -> (Vec<Assignment>, Vec<Problem>) {
    let mut assignments: Vec<Assignment> = Vec::new();
    let mut problems = Vec::new();
    let mut section = String::new();
    let mut goes_on = false;
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let line = raw.trim_end_matches(['\n', '\r']);
        let body = line.trim();
        if body.starts_with(['#', ';']) || (body.is_empty() && !goes_on) {
            continue;
        }
        let (content, continued) = body.strip_suffix('\\').map_or((body, false), |body| (body.trim_end(), true));
        let from = start + (line.len() - line.trim_start().len());
        if goes_on {
            if let Some(last) = assignments.last_mut() {
                if !last.value.text.is_empty() && !content.is_empty() {
                    last.value.text.push(' ');
                }
                last.value.text.push_str(content);
                let site = Site::new(file, from, from + content.len());
                last.value.site = last.value.site.to(site);
                last.site = last.site.to(site);
            }
            goes_on = continued;
            continue;
        }
        if let Some(name) = content.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            name.clone_into(&mut section);
            continue;
        }
        let Some((key, value)) = content.split_once('=') else {
            problems.push(Problem::new(from, from + content.len(), "neither `Key=Value` nor a section"));
            continue;
        };
        let trimmed = value.trim_start();
        let value_start = from + content.len() - trimmed.len();
        let key = key.trim_end();
        assignments.push(Assignment {
            section: section.clone(),
            key: Word { text: key.to_owned(), site: Site::new(file, from, from + key.len()) },
            value: Word { text: trimmed.to_owned(), site: Site::new(file, value_start, value_start + trimmed.len()) },
            site: Site::new(file, from, from + content.len()),
        });
        goes_on = continued;
    }
    (assignments, problems)
}

/// A truth value as systemd reads it.
#[must_use]
pub fn boolean(value: &str) -> Option<bool> {
    match value.to_lowercase().as_str() {
        "1" | "yes" | "y" | "true" | "t" | "on" => Some(true),
        "0" | "no" | "n" | "false" | "f" | "off" => Some(false),
        _ => None,
    }
}

/// Splits a command line or a list: blanks separate, quotes join, a backslash escapes.
#[must_use]
pub fn split(value: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut inside = false;
    let mut quote: Option<char> = None;
    let mut chars = value.chars();
    while let Some(char) = chars.next() {
        match (char, quote) {
            ('\\', None | Some('"')) => {
                inside = true;
                word.extend(chars.next());
            }
            (char, Some(open)) if char == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(char);
                inside = true;
            }
            (char, None) if char.is_whitespace() => {
                if inside {
                    words.push(std::mem::take(&mut word));
                    inside = false;
                }
            }
            (char, _) => {
                word.push(char);
                inside = true;
            }
        }
    }
    if inside {
        words.push(word);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_join_and_comments_do_not_end_them() {
        let text = "[Service]\nExecStart=/usr/bin/odoo \\\n  # a comment\n  -c /etc/odoo.conf \\\n  --workers=2\nUser = odoo\n";
        let (read, problems) = parse(FileId(0), text);
        assert!(problems.is_empty());
        assert_eq!(read[0].value.text, "/usr/bin/odoo -c /etc/odoo.conf --workers=2");
        assert_eq!((read[1].key.text.as_str(), read[1].value.text.as_str()), ("User", "odoo"));
        assert_eq!(split("a 'b c' \"d\\\"e\" f\\ g"), ["a", "b c", "d\"e", "f g"]);
    }
}
