//! Caddyfiles: tokens on lines, a block opens with `{` at the end of a line.
//!
//! Source: Caddy documentation, "Caddyfile Concepts". `{$VAR}` and `{placeholder}` are words.

use super::Directive;
use crate::source::{FileId, Problem, Site, Word};

const MAX_DEPTH: usize = 64;

/// Reads a file as lines of words with blocks. What stands for a site, a snippet or the global options is told above.
#[must_use]
pub fn parse(file: FileId, text: &str) -> (Vec<Directive>, Vec<Problem>) {
    let mut problems = Vec::new();
    let mut stack: Vec<(Option<Directive>, Vec<Directive>)> = vec![(None, Vec::new())];
    let lines = lines(file, text, &mut problems);
    for mut words in lines {
        if words.len() == 1 && words.first().is_some_and(|word| word.text == "}" && width(word) == 1) {
            let end = words.first().map_or(0, |word| word.site.range.end as usize);
            if !close(file, end, &mut stack) {
                problems.push(Problem::new(end.saturating_sub(1), end, "unexpected `}`"));
            }
            continue;
        }
        let opens = words.last().is_some_and(|word| word.text == "{" && width(word) == 1);
        if opens {
            words.pop();
        }
        let (name, arguments) = match words.split_first() {
            Some((name, rest)) => (name.clone(), rest.to_vec()),
            None => (Word { text: String::new(), site: Site::new(file, 0, 0) }, Vec::new()),
        };
        let site = arguments.last().map_or(name.site, |last| name.site.to(last.site));
        let directive = Directive { name, arguments, block: None, site, whole: site };
        if opens && stack.len() < MAX_DEPTH {
            stack.push((Some(directive), Vec::new()));
        } else if let Some((_, inside)) = stack.last_mut() {
            inside.push(directive);
        }
    }
    while stack.len() > 1 {
        problems.push(Problem::new(text.len(), text.len(), "`}` is missing at the end of the file"));
        close(file, text.len(), &mut stack);
    }
    (stack.pop().map(|(_, inside)| inside).unwrap_or_default(), problems)
}

fn width(word: &Word) -> u32 {
    word.site.range.end - word.site.range.start
}

fn close(file: FileId, end: usize, stack: &mut Vec<(Option<Directive>, Vec<Directive>)>) -> bool {
    if stack.len() < 2 {
        return false;
    }
    if let Some((Some(mut directive), inside)) = stack.pop() {
        directive.block = Some(inside);
        directive.whole = directive.site.to(Site::new(file, end, end));
        if let Some((_, outer)) = stack.last_mut() {
            outer.push(directive);
        }
    }
    true
}

fn lines(file: FileId, text: &str, problems: &mut Vec<Problem>) -> Vec<Vec<Word>> {
    let mut lines = Vec::new();
    let mut words: Vec<Word> = Vec::new();
    let mut chars = text.char_indices().peekable();
    while let Some((from, char)) = chars.next() {
        match char {
            '\n' => {
                // A comma at the end of a line of addresses goes on.
                if words.last().is_some_and(|word| word.text.ends_with(',')) {
                    continue;
                }
                if !words.is_empty() {
                    lines.push(std::mem::take(&mut words));
                }
            }
            '\\' if chars.peek().is_some_and(|(_, next)| *next == '\n') => {
                chars.next();
            }
            char if char.is_whitespace() => {}
            '#' => {
                while chars.peek().is_some_and(|(_, next)| *next != '\n') {
                    chars.next();
                }
            }
            quote @ ('"' | '`') => {
                let mut value = String::new();
                let mut end = from + 1;
                let mut closed = false;
                while let Some((at, next)) = chars.next() {
                    end = at + next.len_utf8();
                    if next == quote {
                        closed = true;
                        break;
                    }
                    if quote == '"' && next == '\\' && chars.peek().is_some_and(|(_, after)| *after == '"') {
                        chars.next();
                        value.push('"');
                        continue;
                    }
                    value.push(next);
                }
                if !closed {
                    problems.push(Problem::new(from, from + 1, "a quote that is never closed"));
                }
                words.push(Word { text: value, site: Site::new(file, from, end) });
            }
            char => {
                let mut value = String::from(char);
                let mut end = from + char.len_utf8();
                while let Some((at, next)) = chars.peek().copied() {
                    if next.is_whitespace() {
                        break;
                    }
                    chars.next();
                    value.push(next);
                    end = at + next.len_utf8();
                }
                words.push(Word { text: value, site: Site::new(file, from, end) });
            }
        }
    }
    if !words.is_empty() {
        lines.push(words);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sites_blocks_placeholders() {
        let text = "{\n  email a@b.c\n}\n(common) {\n header X \"a b\"\n}\nerp.example.com, www.example.com {\n  import common # c\n  respond /web/database/* 403\n  reverse_proxy {$UP} {\n    header_up Host {host}\n  }\n}\n";
        let (read, problems) = parse(FileId(0), text);
        assert!(problems.is_empty(), "{problems:?}");
        assert_eq!(read.len(), 3);
        assert_eq!(read[0].name.text, "");
        assert_eq!(read[2].name.text, "erp.example.com,");
        let proxy = &read[2].children()[2];
        assert_eq!((proxy.argument(0), proxy.children()[0].argument(1)), ("{$UP}", "{host}"));
    }

    #[test]
    fn mistakes_do_not_stop_the_rest() {
        let (read, problems) = parse(FileId(0), "}\na {\n b \"x\n");
        assert_eq!(problems.len(), 3);
        assert_eq!(read.len(), 1);
    }
}
