//! Texts without their comments, every byte of what is left at its place.

use super::Language;

/// Comments and documentation become blanks; line ends stay.
pub fn without_comments(text: &str, language: Language) -> String {
    match language {
        Language::Python | Language::Manifest => python(text),
        Language::Xml => between(text, "<!--", "-->"),
        Language::JavaScript => line_comments(&between(text, "/*", "*/")),
        Language::Csv => text.to_owned(),
    }
}

fn blank(out: &mut String, text: &str) {
    out.extend(text.chars().map(|char| if char == '\n' { '\n' } else { ' ' }));
}

fn between(text: &str, begin: &str, end: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(begin) {
        out.push_str(rest.get(..at).unwrap_or_default());
        let comment = rest.get(at..).unwrap_or_default();
        let length = comment
            .get(begin.len()..)
            .and_then(|inside| inside.find(end))
            .map_or(comment.len(), |inside| begin.len() + inside + end.len());
        blank(&mut out, comment.get(..length).unwrap_or_default());
        rest = comment.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

fn line_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        // `https://` inside a text is no comment.
        let begins = line.match_indices("//").map(|(at, _)| at);
        match begins.into_iter().find(|at| !line.get(..*at).is_some_and(|before| before.ends_with([':', '"', '\'']))) {
            Some(at) => {
                out.push_str(line.get(..at).unwrap_or_default());
                blank(&mut out, line.get(at..).unwrap_or_default());
            }
            None => out.push_str(line),
        }
    }
    out
}

/// Comments and texts in three quotes, which are documentation or SQL.
fn python(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut quote: Option<char> = None;
    while let Some(char) = rest.chars().next() {
        let three = rest.get(..3).filter(|three| *three == "\"\"\"" || *three == "'''");
        if let (None, Some(three)) = (quote, three) {
            let inside = rest.get(3..).unwrap_or_default();
            let length = inside.find(three).map_or(rest.len(), |at| at + 6);
            blank(&mut out, rest.get(..length).unwrap_or_default());
            rest = rest.get(length..).unwrap_or_default();
            continue;
        }
        if quote.is_none() && char == '#' {
            let length = rest.find('\n').unwrap_or(rest.len());
            blank(&mut out, rest.get(..length).unwrap_or_default());
            rest = rest.get(length..).unwrap_or_default();
            continue;
        }
        let mut length = char.len_utf8();
        match quote {
            Some(_) if char == '\\' => {
                length += rest.get(length..).and_then(|after| after.chars().next()).map_or(0, char::len_utf8);
            }
            Some(open) if char == open || char == '\n' => quote = None,
            None if char == '"' || char == '\'' => quote = Some(char),
            _ => {}
        }
        out.push_str(rest.get(..length).unwrap_or_default());
        rest = rest.get(length..).unwrap_or_default();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_keeps_its_line() {
        let text = "a = '#' # b\n\"\"\"c\nd\"\"\"\ne = \"\\\"#\"\n";
        assert_eq!(without_comments(text, Language::Python), "a = '#'    \n    \n    \ne = \"\\\"#\"\n");
        assert_eq!(without_comments("<a><!-- b\n --></a>", Language::Xml), "<a>      \n    </a>");
        assert_eq!(
            without_comments("a('https://b') // c\n/* d */e", Language::JavaScript),
            "a('https://b')     \n       e"
        );
    }
}
