//! HAProxy's configuration: sections that begin at a keyword, a line of words each.
//!
//! Source: HAProxy configuration manual, "Quoting and escaping".

use super::Directive;
use crate::source::{FileId, Site, Word};

const SECTIONS: [&str; 12] = [
    "global",
    "defaults",
    "frontend",
    "backend",
    "listen",
    "userlist",
    "peers",
    "resolvers",
    "cache",
    "program",
    "mailers",
    "http-errors",
];

/// Reads a file: sections with their lines as blocks.
#[must_use]
pub fn parse(file: FileId, text: &str) -> Vec<Directive> {
    let mut sections: Vec<Directive> = Vec::new();
    let mut at = 0;
    for raw in text.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let mut words = split(file, start, raw.trim_end_matches(['\n', '\r'])).into_iter();
        let Some(name) = words.next() else { continue };
        let arguments: Vec<Word> = words.collect();
        let site = arguments.last().map_or(name.site, |last| name.site.to(last.site));
        let is_section = SECTIONS.contains(&name.text.as_str());
        let directive = Directive { name, arguments, block: is_section.then(Vec::new), site, whole: site };
        if is_section {
            sections.push(directive);
        } else if let Some(section) = sections.last_mut() {
            section.whole = section.whole.to(site);
            if let Some(block) = &mut section.block {
                block.push(directive);
            }
        }
    }
    sections
}

fn split(file: FileId, start: usize, line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut text = String::new();
    let mut from: Option<usize> = None;
    let mut quote: Option<char> = None;
    let mut chars = line.char_indices();
    while let Some((at, char)) = chars.next() {
        match (char, quote) {
            ('\\', None | Some('"')) => {
                from.get_or_insert(at);
                // A backslash in front of a letter belongs to an expression more often than not.
                if let Some((_, next)) = chars.next() {
                    if !matches!(next, ' ' | '"' | '\'' | '#' | '\\') {
                        text.push('\\');
                    }
                    text.push(next);
                }
            }
            (char, Some(open)) if char == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(char);
                from.get_or_insert(at);
            }
            ('#', None) => break,
            (char, None) if char.is_whitespace() => {
                if let Some(begin) = from.take() {
                    let site = Site::new(file, start + begin, start + at);
                    words.push(Word { text: std::mem::take(&mut text), site });
                }
            }
            (char, _) => {
                from.get_or_insert(at);
                text.push(char);
            }
        }
    }
    if let Some(begin) = from {
        words.push(Word { text, site: Site::new(file, start + begin, start + line.trim_end().len().max(begin)) });
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_lines_quotes() {
        let text = "global\n  log x # c\nfrontend web\n  bind :443 ssl crt /a.pem\n  acl db path_reg ^/web/data\\.base\n  http-request set-header X \"a b\"\n";
        let read = parse(FileId(0), text);
        assert_eq!(read.len(), 2);
        assert_eq!(read[1].argument(0), "web");
        assert_eq!(read[1].children()[1].argument(2), "^/web/data\\.base");
        assert_eq!(read[1].children()[2].argument(2), "a b");
    }
}
