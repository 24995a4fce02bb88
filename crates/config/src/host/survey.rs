//! One look at a host: reads each file once, remembers everything, and notes what could not be read.

use std::collections::BTreeMap;

use castellan_model::{NotAssessed, NotAssessedKind, TextFile};
use globset::{GlobBuilder, GlobMatcher};

use super::snapshot::Snapshot;
use super::{Attributes, Facts, Host, Kind};
use crate::source::{FileId, Site};

/// Files that one look reads at most; more is not a configuration.
const MAX_FILES: usize = 20_000;
/// Names that one pattern matches at most.
const MAX_MATCHES: usize = 2_000;

/// A look at a host.
pub struct Survey<'h> {
    host: &'h dyn Host,
    /// Texts that were read.
    pub files: Vec<TextFile>,
    /// Attributes of every path that was asked for.
    pub attributes: BTreeMap<String, Attributes>,
    /// What could not be read.
    pub not_assessed: Vec<NotAssessed>,
    /// Values that no report may show.
    pub secrets: Vec<Site>,
    opened: BTreeMap<String, Option<FileId>>,
}

impl<'h> Survey<'h> {
    /// A look that begins.
    #[must_use]
    pub fn new(host: &'h dyn Host) -> Self {
        Self {
            host,
            files: Vec::new(),
            attributes: BTreeMap::new(),
            not_assessed: Vec::new(),
            secrets: Vec::new(),
            opened: BTreeMap::new(),
        }
    }

    /// Facts that no file tells.
    #[must_use]
    pub fn facts(&self) -> &'h Facts {
        self.host.facts()
    }

    /// Reads a text file once. `None` when it is not there or cannot be read, which is noted.
    pub fn open(&mut self, path: &str) -> Option<FileId> {
        let path = normalise(path);
        if let Some(known) = self.opened.get(&path) {
            return *known;
        }
        if self.files.len() >= MAX_FILES {
            self.note(&path, NotAssessedKind::Size, "too many files");
            return None;
        }
        self.stat(&path);
        let id = match self.host.read(&path) {
            Ok(Some(bytes)) => {
                let text = match String::from_utf8(bytes) {
                    Ok(text) => text,
                    // Comments in old encodings are common; what matters is ASCII.
                    Err(error) => error.into_bytes().iter().map(|byte| char::from(*byte)).collect(),
                };
                let id = FileId(u32::try_from(self.files.len()).unwrap_or(u32::MAX));
                self.files.push(TextFile::new(path.clone(), text));
                Some(id)
            }
            Ok(None) => None,
            Err(denied) => {
                self.note(&path, NotAssessedKind::Unreadable, &denied.0);
                None
            }
        };
        self.opened.insert(path, id);
        id
    }

    /// The text of a file that was read.
    #[must_use]
    pub fn text(&self, id: FileId) -> &str {
        self.files.get(id.0 as usize).map_or("", |file| file.text.as_str())
    }

    /// The path of a file that was read.
    #[must_use]
    pub fn path(&self, id: FileId) -> &str {
        self.files.get(id.0 as usize).map_or("", |file| file.path.as_str())
    }

    /// Attributes of a path.
    pub fn stat(&mut self, path: &str) -> Option<Attributes> {
        let path = normalise(path);
        if let Some(known) = self.attributes.get(&path) {
            return Some(known.clone());
        }
        match self.host.attributes(&path) {
            Ok(Some(attributes)) => {
                self.attributes.insert(path, attributes.clone());
                Some(attributes)
            }
            Ok(None) => None,
            Err(denied) => {
                self.note(&path, NotAssessedKind::Unreadable, &denied.0);
                None
            }
        }
    }

    /// Names in a folder, sorted.
    pub fn list(&mut self, folder: &str) -> Vec<String> {
        let folder = normalise(folder);
        match self.host.list(&folder) {
            Ok(names) => names,
            Err(denied) => {
                self.note(&folder, NotAssessedKind::Unreadable, &denied.0);
                Vec::new()
            }
        }
    }

    /// Paths that match a shell pattern, sorted. Without a wildcard: the path itself, if it is there.
    pub fn glob(&mut self, pattern: &str) -> Vec<String> {
        let pattern = normalise(pattern);
        if !pattern.contains(['*', '?', '[']) {
            return self.stat(&pattern).map(|_| pattern).into_iter().collect();
        }
        let mut found = vec![String::new()];
        for part in pattern.split('/').filter(|part| !part.is_empty()) {
            let mut next = Vec::new();
            let matcher = wildcard(part);
            for folder in &found {
                match &matcher {
                    Some(matcher) => {
                        for name in self.list(if folder.is_empty() { "/" } else { folder }) {
                            let hidden = name.starts_with('.') && !part.starts_with('.');
                            if !hidden && matcher.is_match(name.as_str()) {
                                next.push(format!("{folder}/{name}"));
                            }
                        }
                    }
                    None => next.push(format!("{folder}/{part}")),
                }
            }
            next.truncate(MAX_MATCHES);
            found = next;
        }
        found.retain(|path| self.stat(path).is_some());
        found
    }

    /// Whether a path is a folder.
    pub fn is_folder(&mut self, path: &str) -> bool {
        self.stat(path).is_some_and(|attributes| attributes.kind == Kind::Folder)
    }

    /// Notes something that could not be looked at.
    pub fn note(&mut self, path: &str, kind: NotAssessedKind, reason: &str) {
        let note = NotAssessed { path: path.to_owned(), kind, reason: reason.to_owned() };
        if !self.not_assessed.contains(&note) {
            self.not_assessed.push(note);
        }
    }

    /// Notes a problem of a parser at its line and column.
    pub fn problem(&mut self, file: FileId, problem: &crate::source::Problem) {
        let Some(text) = self.files.get(file.0 as usize) else { return };
        let at = text.position(problem.range.start);
        let path = text.path.clone();
        let reason = format!("line {}, column {}: {}", at.line, at.column, problem.message);
        self.note(&path, NotAssessedKind::Syntax, &reason);
    }

    /// Everything that was looked at, as a host of its own.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let mut snapshot = Snapshot::new(self.facts().clone());
        for (path, attributes) in &self.attributes {
            snapshot.put_attributes(path, attributes.clone());
        }
        for file in &self.files {
            snapshot.put_text(&file.path, file.text.clone().into_bytes());
        }
        for note in self.not_assessed.iter().filter(|note| note.kind == NotAssessedKind::Unreadable) {
            snapshot.denied.insert(note.path.clone(), note.reason.clone());
        }
        snapshot
    }
}

/// A path without `//`, `.` and `..`.
#[must_use]
pub fn normalise(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// The pattern of one path component, if it is one.
fn wildcard(part: &str) -> Option<GlobMatcher> {
    if !part.contains(['*', '?', '[']) {
        return None;
    }
    GlobBuilder::new(part).literal_separator(true).build().ok().map(|glob| glob.compile_matcher())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_one_component_at_a_time() {
        let mut host = Snapshot::new(Facts::default());
        for path in ["/etc/nginx/conf.d/a.conf", "/etc/nginx/conf.d/b.conf", "/etc/nginx/conf.d/.hidden.conf", "/etc/x"]
        {
            host.put(path, "", None);
        }
        let mut survey = Survey::new(&host);
        assert_eq!(survey.glob("/etc/nginx/conf.d/*.conf"), ["/etc/nginx/conf.d/a.conf", "/etc/nginx/conf.d/b.conf"]);
        assert_eq!(survey.glob("/etc/*/conf.d/a.conf"), ["/etc/nginx/conf.d/a.conf"]);
        assert_eq!(survey.glob("/etc/./nginx/../x"), ["/etc/x"]);
        assert!(survey.glob("/etc/none").is_empty());
        assert!(survey.glob("/etc/[").is_empty());
    }

    #[test]
    fn a_file_is_read_once_and_old_encodings_do_not_stop_it() {
        let mut host = Snapshot::new(Facts::default());
        host.put("/etc/odoo.conf", b"# caf\xe9\n".to_vec(), None);
        let mut survey = Survey::new(&host);
        let first = survey.open("/etc/odoo.conf");
        assert_eq!(first, survey.open("/etc//odoo.conf"));
        assert_eq!(survey.text(first.unwrap()), "# café\n");
    }
}
