//! nginx's configuration language: words, quotes, escapes, `${name}`, blocks, comments.
//!
//! Source: nginx, `src/core/ngx_conf_file.c`, `ngx_conf_read_token`.

use super::Directive;
use crate::source::{FileId, Problem, Site, Word};

/// Blocks nest at most this deep.
const MAX_DEPTH: usize = 64;

enum Token {
    Word(Word),
    Semicolon(usize),
    Open(usize),
    Close(usize),
}

/// Reads a file. Includes are not followed here.
#[must_use]
pub fn parse(file: FileId, text: &str) -> (Vec<Directive>, Vec<Problem>) {
    let mut problems = Vec::new();
    let tokens = tokens(file, text, &mut problems);
    let mut stack: Vec<(Option<Directive>, Vec<Directive>)> = vec![(None, Vec::new())];
    let mut words: Vec<Word> = Vec::new();
    for token in tokens {
        match token {
            Token::Word(word) => words.push(word),
            Token::Semicolon(at) => match directive(std::mem::take(&mut words)) {
                Some(mut directive) => {
                    directive.whole = directive.site.to(Site::new(file, at, at + 1));
                    if let Some((_, inside)) = stack.last_mut() {
                        inside.push(directive);
                    }
                }
                None => problems.push(Problem::new(at, at + 1, "unexpected `;`")),
            },
            Token::Open(at) => match directive(std::mem::take(&mut words)) {
                Some(directive) if stack.len() < MAX_DEPTH => stack.push((Some(directive), Vec::new())),
                Some(_) => problems.push(Problem::new(at, at + 1, "blocks are nested too deep")),
                None => problems.push(Problem::new(at, at + 1, "unexpected `{`")),
            },
            Token::Close(at) => {
                if let Some(first) = words.first() {
                    let start = first.site.range.start as usize;
                    problems.push(Problem::new(start, at, "`;` is missing"));
                    if let (Some(directive), Some((_, inside))) =
                        (directive(std::mem::take(&mut words)), stack.last_mut())
                    {
                        inside.push(directive);
                    }
                }
                close(file, at + 1, &mut stack, &mut problems);
            }
        }
    }
    if let (Some(first), Some(last)) = (words.first(), words.last()) {
        let range = first.site.to(last.site).range;
        problems.push(Problem { range, message: "`;` is missing at the end of the file".into() });
    }
    while stack.len() > 1 {
        problems.push(Problem::new(text.len(), text.len(), "`}` is missing at the end of the file"));
        close(file, text.len(), &mut stack, &mut problems);
    }
    (stack.pop().map(|(_, inside)| inside).unwrap_or_default(), problems)
}

fn close(file: FileId, end: usize, stack: &mut Vec<(Option<Directive>, Vec<Directive>)>, problems: &mut Vec<Problem>) {
    if stack.len() < 2 {
        problems.push(Problem::new(end.saturating_sub(1), end, "unexpected `}`"));
        return;
    }
    if let Some((Some(mut directive), inside)) = stack.pop() {
        directive.block = Some(inside);
        directive.whole = directive.site.to(Site::new(file, end, end));
        if let Some((_, outer)) = stack.last_mut() {
            outer.push(directive);
        }
    }
}

fn directive(words: Vec<Word>) -> Option<Directive> {
    let mut words = words.into_iter();
    let name = words.next()?;
    let arguments: Vec<Word> = words.collect();
    let site = arguments.last().map_or(name.site, |last| name.site.to(last.site));
    Some(Directive { name, arguments, block: None, site, whole: site })
}

fn tokens(file: FileId, text: &str, problems: &mut Vec<Problem>) -> Vec<Token> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'#' => at = bytes.iter().skip(at).position(|byte| *byte == b'\n').map_or(bytes.len(), |line| at + line),
            b';' => {
                tokens.push(Token::Semicolon(at));
                at += 1;
            }
            b'{' => {
                tokens.push(Token::Open(at));
                at += 1;
            }
            b'}' => {
                tokens.push(Token::Close(at));
                at += 1;
            }
            quote @ (b'"' | b'\'') => {
                let start = at;
                at += 1;
                let mut raw = Vec::new();
                let mut closed = false;
                while let Some(byte) = bytes.get(at) {
                    at += 1;
                    if byte == quote {
                        closed = true;
                        break;
                    }
                    if *byte == b'\\' {
                        at = escape(bytes, at, &mut raw);
                        continue;
                    }
                    raw.push(*byte);
                }
                if !closed {
                    problems.push(Problem::new(start, start + 1, "a quote that is never closed"));
                }
                let text = String::from_utf8_lossy(&raw).into_owned();
                tokens.push(Token::Word(Word { text, site: Site::new(file, start, at) }));
            }
            _ => {
                let start = at;
                let mut raw = Vec::new();
                while let Some(byte) = bytes.get(at) {
                    match byte {
                        b' ' | b'\t' | b'\r' | b'\n' | b';' => break,
                        b'{' if raw.last() != Some(&b'$') => break,
                        b'\\' => {
                            at = escape(bytes, at + 1, &mut raw);
                            continue;
                        }
                        b'{' => {
                            // `${name}` is one word.
                            while let Some(byte) = bytes.get(at) {
                                raw.push(*byte);
                                at += 1;
                                if *byte == b'}' || matches!(byte, b'\n' | b';') {
                                    break;
                                }
                            }
                            continue;
                        }
                        _ => raw.push(*byte),
                    }
                    at += 1;
                }
                let text = String::from_utf8_lossy(&raw).into_owned();
                tokens.push(Token::Word(Word { text, site: Site::new(file, start, at) }));
            }
        }
    }
    tokens
}

/// The character behind a backslash: quotes, the backslash, `t`, `r` and `n` are replaced, everything else keeps it.
fn escape(bytes: &[u8], at: usize, raw: &mut Vec<u8>) -> usize {
    match bytes.get(at) {
        Some(quoted @ (b'"' | b'\'' | b'\\')) => raw.push(*quoted),
        Some(b't') => raw.push(b'\t'),
        Some(b'r') => raw.push(b'\r'),
        Some(b'n') => raw.push(b'\n'),
        Some(other) => raw.extend([b'\\', *other]),
        None => raw.push(b'\\'),
    }
    at + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<Directive> {
        let (directives, problems) = parse(FileId(0), text);
        assert!(problems.is_empty(), "{problems:?}");
        directives
    }

    #[test]
    fn words_quotes_and_blocks() {
        let text =
            "http { # c }\n  add_header X \"a b; 'c' \\\" \" always;\n  location ~ ^/a\\.b(c|d){2}$ { return 403 }\n}";
        let (directives, problems) = parse(FileId(0), text);
        // nginx itself reads `{2}` as a block unless the expression is quoted.
        assert!(!problems.is_empty());
        let http = &directives[0];
        assert_eq!(http.children()[0].argument(1), "a b; 'c' \" ");
    }

    #[test]
    fn a_quoted_expression_may_hold_braces() {
        let read = read("location ~ \"^/a{2}\\.php$\" { proxy_pass http://${up}stream$uri; }");
        assert_eq!(read[0].arguments[1].text, "^/a{2}\\.php$");
        assert_eq!(read[0].children()[0].argument(0), "http://${up}stream$uri");
    }

    #[test]
    fn a_backslash_stays_in_front_of_what_it_does_not_escape() {
        assert_eq!(read("location ~ \\.(git|env) {}")[0].argument(1), "\\.(git|env)");
    }

    #[test]
    fn mistakes_are_placed_and_the_rest_is_read() {
        let (directives, problems) = parse(FileId(0), "} a 1 } b 2; c { d 3 ");
        assert_eq!(problems.len(), 5, "{problems:?}");
        assert!(directives.iter().any(|directive| directive.name.text == "b"));
    }
}
