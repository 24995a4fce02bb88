//! A bound on nesting, judged before the parser runs, because parsers and tree walks recurse.

/// Brackets inside brackets. Real code stays below 30.
const MAX_BRACKETS: usize = 200;
/// Operators, attributes and calls that chain at one place without a comma between them.
const MAX_CHAIN: usize = 4_000;
/// Indentation levels; Python itself refuses more than 100.
const MAX_INDENT: usize = 100;

/// Byte offset where a Python text goes deeper than the limits, if it does.
///
/// This is a scan over characters and not a lexer: it may count too much (quotes in comments are handled, nested
/// f-strings are counted as chains) and never too little.
#[must_use]
pub fn too_deep(text: &str) -> Option<u32> {
    let bytes = text.as_bytes();
    let mut chains: Vec<usize> = vec![0];
    let mut total_chain = 0usize;
    let mut indents: Vec<usize> = vec![0];
    let mut at = 0;
    let mut line_start = true;
    while at < bytes.len() {
        let byte = bytes[at];
        if line_start && chains.len() == 1 {
            let mut width = 0;
            while at < bytes.len() && (bytes[at] == b' ' || bytes[at] == b'\t') {
                width += 1;
                at += 1;
            }
            if at < bytes.len() && !matches!(bytes[at], b'\n' | b'\r' | b'#') {
                while indents.last().is_some_and(|last| *last > width) {
                    indents.pop();
                }
                if indents.last().is_some_and(|last| *last < width) {
                    indents.push(width);
                }
                if indents.len() > MAX_INDENT {
                    return offset(at);
                }
            }
            line_start = false;
            continue;
        }
        line_start = false;
        match byte {
            b'(' | b'[' | b'{' => {
                chains.push(0);
                bump(&mut chains, &mut total_chain);
                if chains.len() > MAX_BRACKETS {
                    return offset(at);
                }
            }
            b')' | b']' | b'}' => {
                if chains.len() > 1 {
                    total_chain -= chains.pop().unwrap_or(0);
                }
                bump(&mut chains, &mut total_chain);
            }
            b',' | b';' => {
                if let Some(chain) = chains.last_mut() {
                    total_chain -= *chain;
                    *chain = 0;
                }
            }
            b'\n' => {
                line_start = true;
                if chains.len() == 1 && !continues(bytes, at) {
                    chains[0] = 0;
                    total_chain = 0;
                }
            }
            b'#' => {
                while at + 1 < bytes.len() && bytes[at + 1] != b'\n' {
                    at += 1;
                }
            }
            b'"' | b'\'' => {
                bump(&mut chains, &mut total_chain);
                at = skip_string(bytes, at);
                continue;
            }
            b'.' | b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^' | b'~' | b'<' | b'>' | b'=' | b'!' | b'@'
            | b':' => bump(&mut chains, &mut total_chain),
            b'a'..=b'z' => {
                let start = at;
                while at < bytes.len() && (bytes[at].is_ascii_alphanumeric() || bytes[at] == b'_') {
                    at += 1;
                }
                if matches!(
                    &bytes[start..at],
                    b"not"
                        | b"if"
                        | b"else"
                        | b"lambda"
                        | b"await"
                        | b"and"
                        | b"or"
                        | b"in"
                        | b"is"
                        | b"yield"
                        | b"for"
                ) {
                    bump(&mut chains, &mut total_chain);
                }
                if total_chain > MAX_CHAIN {
                    return offset(start);
                }
                continue;
            }
            _ => {}
        }
        if total_chain > MAX_CHAIN {
            return offset(at);
        }
        at += 1;
    }
    None
}

fn offset(at: usize) -> Option<u32> {
    Some(u32::try_from(at).unwrap_or(u32::MAX))
}

fn bump(chains: &mut [usize], total: &mut usize) {
    if let Some(chain) = chains.last_mut() {
        *chain += 1;
        *total += 1;
    }
}

fn continues(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].strip_suffix(b"\r").unwrap_or(&bytes[..at]);
    before.ends_with(b"\\")
}

fn skip_string(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let triple = bytes.get(start..start + 3) == Some(&[quote; 3]);
    let mut at = start + if triple { 3 } else { 1 };
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\n' if !triple => return at,
            byte if byte == quote && !triple => return at + 1,
            byte if byte == quote && bytes.get(at..at + 3) == Some(&[quote; 3]) => return at + 3,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}
