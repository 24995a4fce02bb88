//! INI files as Python's `RawConfigParser` reads them, which is what Odoo and fail2ban use.
//!
//! Comments are whole lines (`#`, `;`); nothing after a value is a comment. A deeper indented line continues the value
//! before it. Keys are lower-cased. A key that is given twice stops Python 3 (`DuplicateOptionError`); Python 2 takes the
//! last. Source: CPython, `Lib/configparser.py`, `_read`.

use castellan_model::Range;

use crate::source::{FileId, Problem, Site, Word};

/// An INI file.
#[derive(Debug, Default)]
pub struct Ini {
    /// Sections in order; one that is given twice is listed once for each.
    pub sections: Vec<Section>,
    /// Mistakes that make Python refuse the file.
    pub problems: Vec<Problem>,
}

/// A section.
#[derive(Debug)]
pub struct Section {
    /// Name without brackets.
    pub name: Word,
    /// Entries in order.
    pub entries: Vec<Entry>,
    /// From the header to the last line that belongs to it.
    pub site: Site,
}

/// `key = value`.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key, lower-cased; the place is as written.
    pub key: Word,
    /// The value with its continuation lines joined by `\n`.
    pub value: Word,
    /// The whole entry without its line end.
    pub site: Site,
}

impl Ini {
    /// Reads a file. `inline` are characters that begin a comment behind a value, when a blank stands before them.
    #[must_use]
    pub fn parse(file: FileId, text: &str, inline: &[char]) -> Self {
        let mut ini = Self::default();
        let mut indent = 0;
        let mut open: Option<(Entry, Vec<String>)> = None;
        let mut at = 0;
        for raw in text.split_inclusive('\n') {
            let start = at;
            at += raw.len();
            let line = raw.trim_end_matches(['\n', '\r']);
            let mut kept = line;
            if !inline.is_empty() {
                let cut = line.char_indices().find(|(index, char)| {
                    inline.contains(char) && line.get(..*index).is_some_and(|before| before.ends_with([' ', '\t']))
                });
                if let Some((index, _)) = cut {
                    kept = line.get(..index).unwrap_or(line);
                }
            }
            let value = kept.trim();
            let is_comment = line.trim_start().starts_with(['#', ';']);
            if value.is_empty() || is_comment {
                if !is_comment && let Some((_, lines)) = &mut open {
                    lines.push(String::new());
                }
                continue;
            }
            let lead = kept.len() - kept.trim_start().len();
            let from = start + lead;
            let to = from + value.len();
            if lead > indent
                && let Some((entry, lines)) = &mut open
            {
                lines.push(value.to_owned());
                entry.value.site = entry.value.site.to(Site::new(file, from, to));
                entry.site = entry.site.to(Site::new(file, from, to));
                continue;
            }
            indent = lead;
            ini.close(&mut open);
            if let Some(name) = header(value) {
                let name = Word { text: name.to_owned(), site: Site::new(file, from + 1, from + 1 + name.len()) };
                if ini.sections.iter().any(|section| section.name.text == name.text) {
                    ini.problems.push(Problem::new(from, to, format!("the section [{}] is given twice", name.text)));
                }
                ini.sections.push(Section { name, entries: Vec::new(), site: Site::new(file, from, to) });
                continue;
            }
            if ini.sections.is_empty() {
                ini.problems.push(Problem::new(from, to, "a line before the first section header"));
                continue;
            }
            let Some(split) = value.find(['=', ':']) else {
                ini.problems.push(Problem::new(from, to, "neither `key = value` nor a section header"));
                continue;
            };
            let (key, rest) = value.split_at(split);
            let key_text = key.trim_end();
            if key_text.is_empty() {
                ini.problems.push(Problem::new(from, to, "a value without a key"));
                continue;
            }
            let rest = rest.get(1..).unwrap_or("");
            let value_start = from + split + 1 + (rest.len() - rest.trim_start().len());
            let key = Word { text: key_text.to_lowercase(), site: Site::new(file, from, from + key_text.len()) };
            let section = ini.sections.last();
            if section.is_some_and(|section| section.entries.iter().any(|entry| entry.key.text == key.text)) {
                ini.problems.push(Problem::new(from, to, format!("the key `{}` is given twice", key.text)));
            }
            let value = rest.trim().to_owned();
            let site = Site::new(file, value_start.min(to), to);
            open = Some((
                Entry { key, value: Word { text: value.clone(), site }, site: Site::new(file, from, to) },
                vec![value],
            ));
        }
        ini.close(&mut open);
        ini
    }

    fn close(&mut self, open: &mut Option<(Entry, Vec<String>)>) {
        let Some((mut entry, lines)) = open.take() else { return };
        lines.join("\n").trim_end().clone_into(&mut entry.value.text);
        if let Some(section) = self.sections.last_mut() {
            section.site = section.site.to(entry.site);
            section.entries.push(entry);
        }
    }

    /// The value of a key: the last one that is given.
    #[must_use]
    pub fn get(&self, section: &str, key: &str) -> Option<&Entry> {
        let of_name = |name: &str| {
            self.sections
                .iter()
                .filter(|section| section.name.text == name)
                .flat_map(|section| &section.entries)
                .rfind(|entry| entry.key.text == key)
        };
        of_name(section).or_else(|| of_name("DEFAULT"))
    }

    /// Every entry that counts for a section, those of `[DEFAULT]` first, in order.
    pub fn entries(&self, section: &str) -> impl Iterator<Item = &Entry> {
        let of = move |wanted: &str| {
            let wanted = wanted.to_owned();
            self.sections
                .iter()
                .filter(move |section| section.name.text == wanted)
                .flat_map(|section| section.entries.iter())
        };
        of("DEFAULT").chain(of(section))
    }

    /// The first section of a name.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|section| section.name.text == name)
    }
}

/// The name in a section header. Python takes everything up to the last `]`.
fn header(value: &str) -> Option<&str> {
    let rest = value.strip_prefix('[')?;
    let end = rest.rfind(']')?;
    rest.get(..end).filter(|name| !name.is_empty())
}

/// The place behind the last entry of a section, where a new line can go: the end of that line.
#[must_use]
pub fn insertion(text: &str, section: &Section) -> Range {
    let end = section.site.range.end as usize;
    let line_end = text.get(end..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| end + at + 1);
    Range::new(line_end, line_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Ini {
        Ini::parse(FileId(0), text, &[])
    }

    #[test]
    fn values_are_read_as_python_reads_them() {
        let text = "# c\n[options]\nList_DB = False ; not a comment\naddons_path = /a,\n  /b\n  # comment inside\n\n  /c\nx:y=z\nempty =\n";
        let ini = parse(text);
        assert!(ini.problems.is_empty());
        let value = |key: &str| ini.get("options", key).map(|entry| entry.value.text.clone());
        assert_eq!(value("list_db").as_deref(), Some("False ; not a comment"));
        assert_eq!(value("addons_path").as_deref(), Some("/a,\n/b\n\n/c"));
        assert_eq!(value("x").as_deref(), Some("y=z"));
        assert_eq!(value("empty").as_deref(), Some(""));
        assert_eq!(value("none"), None);
        let entry = ini.get("options", "list_db").unwrap();
        assert_eq!(text.get(entry.value.site.range.as_usize()), Some("False ; not a comment"));
        let empty = ini.get("options", "empty").unwrap();
        assert_eq!(text.get(empty.site.range.as_usize()), Some("empty ="));
    }

    #[test]
    fn mistakes_are_noted_and_the_rest_is_read() {
        let ini = parse("stray\n[options]\na = 1\na = 2\nnonsense\n= 3\n[options]\nb = 4\n");
        let messages: Vec<&str> = ini.problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(
            messages,
            [
                "a line before the first section header",
                "the key `a` is given twice",
                "neither `key = value` nor a section header",
                "a value without a key",
                "the section [options] is given twice",
            ]
        );
        assert_eq!(ini.get("options", "a").unwrap().value.text, "2");
        assert_eq!(ini.get("options", "b").unwrap().value.text, "4");
    }

    #[test]
    fn defaults_count_for_every_section() {
        let ini = parse("[DEFAULT]\nbantime = 1h\n[odoo]\nenabled = true\n");
        assert_eq!(ini.get("odoo", "bantime").unwrap().value.text, "1h");
    }

    #[test]
    fn a_new_line_goes_behind_the_section() {
        let text = "[options]\na = 1\n\n[other]\nb = 2";
        let ini = parse(text);
        assert_eq!(insertion(text, ini.section("options").unwrap()).start, 16);
        assert_eq!(insertion(text, ini.section("other").unwrap()).start as usize, text.len());
    }
}
