//! JavaScript libraries that modules carry: known by what their files say of themselves.

use std::sync::LazyLock;

use regex::Regex;

use super::tree::{Tree, join};
use crate::inventory::Library;

/// Names, and how a file says its version. The first 4 KiB are looked at; `pdfjs` says it further down.
const SIGNS: [(&str, &str); 12] = [
    ("jquery", r"jQuery (?:JavaScript Library )?v(\d+\.\d+\.\d+)"),
    ("jquery-ui", r"jQuery UI - v(\d+\.\d+\.\d+)"),
    ("underscore", r"Underscore\.js (\d+\.\d+\.\d+)"),
    ("moment", r"//! (?:moment\.js\s+//! )?version ?: ?(\d+\.\d+\.\d+)"),
    ("select2", r"Select2 (\d+\.\d+\.\d+)|Version: (\d+\.\d+\.\d+) Timestamp"),
    ("chart.js", r"Chart\.js v(\d+\.\d+\.\d+)"),
    ("fullcalendar", r"FullCalendar Core(?: Package)? v(\d+\.\d+\.\d+)"),
    ("luxon", r"luxon[@ ]v?(\d+\.\d+\.\d+)"),
    ("dompurify", r"DOMPurify (\d+\.\d+\.\d+)"),
    ("bootstrap", r"Bootstrap v(\d+\.\d+\.\d+)"),
    ("prism", r"PrismJS (\d+\.\d+\.\d+)"),
    ("pdfjs", r#"pdfjsVersion = ['"](\d+\.\d+\.\d+)"#),
];

static PATTERNS: LazyLock<Vec<(&'static str, Regex)>> =
    LazyLock::new(|| SIGNS.iter().filter_map(|(name, sign)| Some((*name, Regex::new(sign).ok()?))).collect());

/// Plugins speak of what they need.
static PLUGIN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"(?i)plugin|requires|depends|\bfor jquery|tested").ok());

/// Libraries below a folder: `static/lib` and `static/src/lib` of modules, and files named after a library.
pub fn of_folder(tree: &Tree, folder: &str, depth: usize) -> Vec<Library> {
    let mut out = Vec::new();
    walk(tree, folder, depth, &mut out);
    out.sort_by(|left, right| (&left.name, &left.place).cmp(&(&right.name, &right.place)));
    out.dedup_by(|left, right| left.place == right.place);
    out
}

fn walk(tree: &Tree, folder: &str, depth: usize, out: &mut Vec<Library>) {
    for name in tree.list(folder) {
        if let Some(below) = name.strip_suffix('/') {
            if depth > 0 && !matches!(below, ".git" | "node_modules" | "tests" | "i18n") {
                walk(tree, &join(folder, below), depth - 1, out);
            }
        } else if name.ends_with(".js") && (folder.contains("/lib") || folder.contains("/static/")) {
            let place = join(folder, &name);
            if let Some(bytes) = tree.bytes(&place) {
                out.extend(recognise(&String::from_utf8_lossy(&bytes), &place));
            }
        }
    }
}

/// The library that a text is.
#[must_use]
pub fn recognise(text: &str, place: &str) -> Option<Library> {
    let file = place.rsplit('/').next().unwrap_or_default().to_lowercase();
    let mut end = text.len().min(4096);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let head = text.get(..end).unwrap_or_default();
    for (name, pattern) in PATTERNS.iter() {
        let inside = if *name == "pdfjs" && file.starts_with("pdf") { text } else { head };
        let Some(found) = pattern.captures(inside) else { continue };
        let whole = found.get(0)?;
        let line_start = inside.get(..whole.start()).map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1));
        let line = inside.get(line_start..whole.end()).unwrap_or_default();
        // `jquery.form.js` says which jQuery it wants.
        let of_plugin = PLUGIN.as_ref().is_some_and(|plugin| plugin.is_match(line))
            || (*name == "jquery" && file.matches('.').count() > 1 && !file.contains("min") && !file.contains("slim"));
        if of_plugin {
            continue;
        }
        let version = found.get(1).or_else(|| found.get(2))?.as_str().to_owned();
        // Mended in place: the switch for `eval` is off for good.
        if *name == "pdfjs" && text.contains("this.isEvalSupported = false;") {
            return None;
        }
        let number = inside.get(..whole.start()).unwrap_or_default().matches('\n').count() + 1;
        return Some(Library {
            name: (*name).to_owned(),
            version,
            place: place.to_owned(),
            line: u32::try_from(number).unwrap_or(1),
        });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libraries_are_known_by_their_heads() {
        for (text, place, expected) in [
            (
                "/*!\n * jQuery JavaScript Library v3.3.1\n",
                "web/static/lib/jquery/jquery.js",
                Some(("jquery", "3.3.1", 2)),
            ),
            ("/*! jQuery v1.11.1 | (c) */", "x/static/lib/jquery-1.11.1.min.js", Some(("jquery", "1.11.1", 1))),
            ("/*! jQuery UI - v1.12.1 - 2016", "x/static/lib/jquery.ui.js", Some(("jquery-ui", "1.12.1", 1))),
            ("/* jquery.form plugin, requires jQuery v1.3.2 */", "x/static/lib/jquery.form.js", None),
            ("//! moment.js\n//! version : 2.17.1\n", "x/static/lib/moment.js", Some(("moment", "2.17.1", 1))),
            ("var pdfjsVersion = '2.2.228';", "x/static/lib/pdfjs/build/pdf.js", Some(("pdfjs", "2.2.228", 1))),
            ("var pdfjsVersion = '2.2.228'; this.isEvalSupported = false;", "x/static/lib/pdfjs/build/pdf.js", None),
            ("console.log('jQuery')", "x/static/src/app.js", None),
        ] {
            let found = recognise(text, place);
            assert_eq!(
                found.as_ref().map(|one| (one.name.as_str(), one.version.as_str(), one.line)),
                expected,
                "{place}"
            );
        }
    }
}
