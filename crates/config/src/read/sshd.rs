//! `sshd_config`: the first value of a keyword wins; `Match` blocks; `Include` in place.
//!
//! Source: `sshd_config(5)`.

use crate::source::{FileId, Site, Word};

/// One line.
#[derive(Debug, Clone)]
pub struct Line {
    /// Keyword, lower-cased.
    pub key: Word,
    /// Arguments.
    pub arguments: Vec<Word>,
    /// All of it.
    pub site: Site,
}

impl Line {
    /// The arguments joined by blanks.
    #[must_use]
    pub fn value(&self) -> String {
        self.arguments.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }
}

/// Reads a file. `Match` and `Include` are lines like others.
#[must_use]
pub fn parse(file: FileId, text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let words = words(file, start, raw.trim_end_matches(['\n', '\r']));
        let mut words = words.into_iter();
        let Some(mut key) = words.next() else { continue };
        key.text = key.text.to_lowercase();
        let arguments: Vec<Word> = words.collect();
        let site = arguments.last().map_or(key.site, |last| key.site.to(last.site));
        lines.push(Line { key, arguments, site });
    }
    lines
}

fn words(file: FileId, start: usize, line: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let mut text = String::new();
    let mut from = None;
    let mut quoted = false;
    let mut push = |text: &mut String, from: &mut Option<usize>, end: usize| {
        if let Some(begin) = from.take() {
            words.push(Word { text: std::mem::take(text), site: Site::new(file, start + begin, start + end) });
        }
        words.len()
    };
    let mut count = 0;
    for (at, char) in line.char_indices() {
        match char {
            '"' => {
                quoted = !quoted;
                from.get_or_insert(at);
            }
            '#' if !quoted && from.is_none() => {
                return words;
            }
            // `Key=value` is the same as `Key value`.
            '=' if !quoted && count == 0 && from.is_some() => count = push(&mut text, &mut from, at),
            char if char.is_whitespace() && !quoted => count = push(&mut text, &mut from, at),
            char => {
                from.get_or_insert(at);
                text.push(char);
            }
        }
    }
    push(&mut text, &mut from, line.len());
    words.retain(|word| word.text != "=" || word.site.range.end - word.site.range.start != 1);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_arguments_comments() {
        let read = parse(
            FileId(0),
            "# c\nPermitRootLogin=yes # x\nMatch Address 10.0.0.0/8\n  AllowUsers \"a b\" c\nPort = 22\n",
        );
        let shown: Vec<String> = read.iter().map(|line| format!("{}={}", line.key.text, line.value())).collect();
        assert_eq!(shown, ["permitrootlogin=yes", "match=Address 10.0.0.0/8", "allowusers=a b c", "port=22"]);
    }
}
