//! Bytes to text by the rules of each language: byte-order mark, PEP 263 comment, XML declaration, else UTF-8.

use crate::source::Language;

pub(super) fn decode(bytes: &[u8], language: Language) -> Result<String, String> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err("UTF-16; save the file as UTF-8".into());
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Ok(text.to_owned());
    }
    let declared = match language {
        Language::Python => python_encoding(bytes),
        Language::Xml => xml_encoding(bytes),
        _ => None,
    };
    match declared.as_deref() {
        Some("latin-1" | "latin1" | "iso-8859-1" | "iso-8859-15" | "iso8859-1" | "windows-1252" | "cp1252") => {
            Ok(bytes.iter().map(|byte| char::from(*byte)).collect())
        }
        Some(name) => Err(format!("declares the encoding `{name}` but cannot be read as such; save it as UTF-8")),
        None if bytes.contains(&0) => Err("binary content".into()),
        None if language == Language::Csv => Ok(bytes.iter().map(|byte| char::from(*byte)).collect()),
        None => Err("not UTF-8 and declares no encoding; save it as UTF-8".into()),
    }
}

fn head(bytes: &[u8], length: usize) -> String {
    bytes.iter().take(length).map(|byte| char::from(*byte)).collect()
}

/// PEP 263: `coding[=:]\s*name` in a comment of the first two lines.
fn python_encoding(bytes: &[u8]) -> Option<String> {
    head(bytes, 400).lines().take(2).filter(|line| line.trim_start().starts_with('#')).find_map(|line| {
        let rest = line.split_once("coding")?.1;
        let rest = rest.strip_prefix([':', '='])?.trim_start();
        let name: String =
            rest.chars().take_while(|char| char.is_ascii_alphanumeric() || "-_.".contains(*char)).collect();
        (!name.is_empty()).then(|| name.to_ascii_lowercase())
    })
}

fn xml_encoding(bytes: &[u8]) -> Option<String> {
    let head = head(bytes, 200);
    let declaration = head.strip_prefix("<?xml")?.split_once("?>")?.0;
    let rest = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next()?;
    let name = rest.get(1..)?.split(quote).next()?;
    Some(name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_by_its_own_rule() {
        assert_eq!(
            decode(b"# -*- coding: latin-1 -*-\nx = '\xe9'", Language::Python).unwrap().chars().last(),
            Some('\'')
        );
        assert!(decode(b"x = '\xe9'", Language::Python).unwrap_err().contains("declares no encoding"));
        assert!(
            decode(b"<?xml version='1.0' encoding='iso-8859-1'?><a>\xe9</a>", Language::Xml).unwrap().contains('é')
        );
        assert!(decode(b"\xff\xfea\0", Language::Python).unwrap_err().contains("UTF-16"));
        assert_eq!(decode(b"\xef\xbb\xbfa", Language::Csv).unwrap(), "a");
    }
}
