//! Apache's configuration language: a directive a line, `<Section arguments>` blocks, a backslash joins lines.
//!
//! Source: Apache HTTP Server documentation, "Configuration Files". Directive names are compared without case and kept
//! in lower case.

use super::Directive;
use crate::source::{FileId, Problem, Site, Word};

const MAX_DEPTH: usize = 64;

/// Reads a file. Includes are not followed here.
#[must_use]
pub fn parse(file: FileId, text: &str) -> (Vec<Directive>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut stack: Vec<(Option<Directive>, Vec<Directive>)> = vec![(None, Vec::new())];
    let mut at = 0;
    let mut words: Vec<Word> = Vec::new();
    for raw in text.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let line = raw.trim_end_matches(['\n', '\r']);
        if words.is_empty() && line.trim_start().starts_with('#') {
            continue;
        }
        let (content, goes_on) = line.strip_suffix('\\').map_or((line, false), |line| (line, true));
        words.extend(split(file, start, content));
        if goes_on || words.is_empty() {
            continue;
        }
        let mut line_words = std::mem::take(&mut words);
        let first = line_words.first().map_or("", |word| word.text.as_str()).to_owned();
        let begin = line_words.first().map_or(start, |word| word.site.range.start as usize);
        if let Some(name) = first.strip_prefix("</") {
            let name = name.trim_end_matches('>').to_lowercase();
            match stack.last() {
                Some((Some(open), _)) if open.name.text == name => close(file, start + line.len(), &mut stack),
                _ => problems.push(Problem::new(begin, start + line.len(), format!("`</{name}>` closes nothing"))),
            }
            continue;
        }
        let opens = first.starts_with('<');
        if let Some(word) = line_words.first_mut() {
            word.text = word.text.trim_start_matches('<').to_lowercase();
        }
        if opens {
            if let Some(word) = line_words.last_mut()
                && let Some(rest) = word.text.strip_suffix('>')
            {
                word.text = rest.to_owned();
                word.site.range.end = word.site.range.end.saturating_sub(1).max(word.site.range.start);
            }
            line_words.retain(|word| !word.text.is_empty());
        }
        let mut parts = line_words.into_iter();
        let Some(name) = parts.next() else { continue };
        let arguments: Vec<Word> = parts.collect();
        let site = arguments.last().map_or(name.site, |last| name.site.to(last.site));
        let directive = Directive { name, arguments, block: None, site, whole: site };
        if opens && stack.len() < MAX_DEPTH {
            stack.push((Some(directive), Vec::new()));
        } else if let Some((_, inside)) = stack.last_mut() {
            inside.push(directive);
        }
    }
    while stack.len() > 1 {
        if let Some((Some(open), _)) = stack.last() {
            let message = format!("`</{}>` is missing", open.name.text);
            problems.push(Problem { range: open.site.range, message });
        }
        close(file, text.len(), &mut stack);
    }
    (stack.pop().map(|(_, inside)| inside).unwrap_or_default(), problems)
}

fn close(file: FileId, end: usize, stack: &mut Vec<(Option<Directive>, Vec<Directive>)>) {
    if let Some((Some(mut directive), inside)) = stack.pop() {
        directive.block = Some(inside);
        directive.whole = directive.site.to(Site::new(file, end, end));
        if let Some((_, outer)) = stack.last_mut() {
            outer.push(directive);
        }
    }
}

fn split(file: FileId, start: usize, line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut chars = line.char_indices().peekable();
    while let Some((from, char)) = chars.next() {
        if char.is_whitespace() {
            continue;
        }
        let mut text = String::new();
        let mut end = from + char.len_utf8();
        if char == '"' || char == '\'' {
            while let Some((at, next)) = chars.next() {
                end = at + next.len_utf8();
                if next == char {
                    break;
                }
                if next == '\\' && chars.peek().is_some_and(|(_, after)| *after == char || *after == '\\') {
                    text.extend(chars.next().map(|(_, after)| after));
                    continue;
                }
                text.push(next);
            }
        } else {
            text.push(char);
            while let Some((at, next)) = chars.peek().copied() {
                if next.is_whitespace() {
                    break;
                }
                chars.next();
                text.push(next);
                end = at + next.len_utf8();
            }
        }
        // `>` behind a quoted argument belongs to the section header.
        words.push(Word { text, site: Site::new(file, start + from, start + end) });
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_quotes_and_joined_lines() {
        let text = "# c\nServerTokens Prod\n<VirtualHost *:443>\n  Header always set X \"a \\\" b\"\n  ProxyPass / \\\n    http://127.0.0.1:8069/\n  <LocationMatch \"^/web/(database|x)\">\n Require all denied\n </LocationMatch>\n</VirtualHost>\n</X>\n<Y>\n";
        let (read, problems) = parse(FileId(0), text);
        assert_eq!(problems.len(), 2, "{problems:?}");
        let host = &read[1];
        assert_eq!((host.name.text.as_str(), host.argument(0)), ("virtualhost", "*:443"));
        assert_eq!(host.children()[0].argument(3), "a \" b");
        assert_eq!(host.children()[1].argument(1), "http://127.0.0.1:8069/");
        assert_eq!(host.children()[2].argument(0), "^/web/(database|x)");
        assert_eq!(host.children()[2].children()[0].text(), "require all denied");
    }
}
