//! Data from elsewhere: records of OSV (single files, lines of JSON, archives as <https://osv.dev> publishes them), a table of castellan's
//! own, facts about Odoo, an index of modules. What a file is follows from its content.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

use serde_json::Value;
use sha2::Digest;

use crate::data::OdooFacts;
use crate::modules::ModuleIndex;
use crate::osv::{Advisory, Record};
use crate::table::Table;

/// The largest single file, in bytes; archives may be larger.
const LARGEST_FILE: u64 = 64 << 20;
/// The largest archive, in bytes.
pub const LARGEST_ARCHIVE: u64 = 1 << 30;
/// How deep folders are looked into.
const DEPTH: usize = 6;
/// The file with checksums of a folder.
const SUMS: &str = "SHA256SUMS";

/// Data that cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Not there, or not readable.
    #[error("`{0}`: {1}")]
    Read(String, String),
    /// Not what was promised.
    #[error("`{0}`: its SHA-256 is {1} and not the expected one: nothing was taken in; fetch it again")]
    Sum(String, String),
    /// Of no known form.
    #[error("`{0}`: {1}; nothing was taken in")]
    Form(String, String),
    /// Nothing was found.
    #[error(
        "`{0}` holds no data: records of OSV (JSON, lines of JSON, a zip archive), a table of castellan, an index of modules"
    )]
    Nothing(String),
}

/// What was read.
#[derive(Debug, Default)]
pub struct Imported {
    records: Vec<Advisory>,
    /// Newest change of a record by ecosystem: `2026-11-22`.
    newest: BTreeMap<String, String>,
    /// A table as it is.
    table: Option<Table>,
    /// Facts about Odoo.
    pub odoo: Option<OdooFacts>,
    /// An index of modules.
    pub modules: Option<ModuleIndex>,
    /// How many records of OSV were read, with those that were taken back.
    pub read: usize,
}

impl Imported {
    /// Reads a file, a folder, or an archive. With a checksum the file must have it; a folder with a file `SHA256SUMS` must agree with it.
    ///
    /// # Errors
    ///
    /// When something cannot be read, has another checksum, or is of no known form.
    pub fn path(&mut self, path: &Path, sha256: Option<&str>) -> Result<(), ImportError> {
        let name = path.display().to_string();
        if path.is_dir() {
            check_sums(path)?;
            let before = self.count();
            self.folder(path, DEPTH)?;
            return if self.count() == before { Err(ImportError::Nothing(name)) } else { Ok(()) };
        }
        let size = fs::metadata(path).map_err(|error| ImportError::Read(name.clone(), error.kind().to_string()))?.len();
        if size > LARGEST_ARCHIVE {
            return Err(ImportError::Read(name, "it is larger than 1 GiB".to_owned()));
        }
        let bytes = fs::read(path).map_err(|error| ImportError::Read(name.clone(), error.kind().to_string()))?;
        self.bytes(&name, &bytes, sha256)
    }

    /// Reads bytes.
    ///
    /// # Errors
    ///
    /// As [`Self::path`].
    pub fn bytes(&mut self, name: &str, bytes: &[u8], sha256: Option<&str>) -> Result<(), ImportError> {
        if let Some(expected) = sha256 {
            let real = sum(bytes);
            if !expected.trim().eq_ignore_ascii_case(&real) {
                return Err(ImportError::Sum(name.to_owned(), real));
            }
        }
        let before = self.count();
        if bytes.starts_with(b"PK\x03\x04") {
            self.archive(name, bytes)?;
        } else {
            self.file(name, bytes)?;
        }
        if self.count() == before { Err(ImportError::Nothing(name.to_owned())) } else { Ok(()) }
    }

    /// The table that it makes of the one before: ecosystems that it brings are replaced, the others stay. None: it brings no records.
    #[must_use]
    pub fn table(&self, before: &Table) -> Option<Table> {
        let mut out = self.table.as_ref().map(|table| before.renewed(table));
        if !self.records.is_empty() {
            let date = self.newest.values().max().cloned().unwrap_or_default();
            let fresh = Table::new(&date, self.records.clone()).with_dates(self.newest.clone());
            out = Some(out.as_ref().unwrap_or(before).renewed(&fresh));
        }
        out
    }

    fn count(&self) -> usize {
        self.read
            + usize::from(self.table.is_some())
            + usize::from(self.odoo.is_some())
            + usize::from(self.modules.is_some())
    }

    fn folder(&mut self, folder: &Path, depth: usize) -> Result<(), ImportError> {
        let fail = |error: std::io::Error| ImportError::Read(folder.display().to_string(), error.kind().to_string());
        let mut paths: Vec<_> = fs::read_dir(folder)
            .map_err(fail)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()
            .map_err(fail)?;
        paths.sort();
        for path in paths {
            let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).unwrap_or_default();
            if path.is_dir() && depth > 0 {
                self.folder(&path, depth - 1)?;
            } else if matches!(ending.as_str(), "json" | "jsonl" | "tsv" | "zip") {
                let name = path.display().to_string();
                let bytes =
                    fs::read(&path).map_err(|error| ImportError::Read(name.clone(), error.kind().to_string()))?;
                if ending == "zip" {
                    self.archive(&name, &bytes)?;
                } else {
                    self.file(&name, &bytes)?;
                }
            }
        }
        Ok(())
    }

    fn archive(&mut self, name: &str, bytes: &[u8]) -> Result<(), ImportError> {
        let form = |reason: String| ImportError::Form(name.to_owned(), reason);
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| form(error.to_string()))?;
        for at in 0..archive.len() {
            let file = archive.by_index(at).map_err(|error| form(error.to_string()))?;
            let inside = format!("{name}/{}", file.name());
            if !(inside.ends_with(".json") || inside.ends_with(".jsonl") || inside.ends_with(".tsv")) {
                continue;
            }
            let mut bytes = Vec::new();
            file.take(LARGEST_FILE + 1).read_to_end(&mut bytes).map_err(|error| form(error.to_string()))?;
            if bytes.len() as u64 > LARGEST_FILE {
                return Err(ImportError::Form(inside, "it is larger than 64 MiB".to_owned()));
            }
            self.file(&inside, &bytes)?;
        }
        Ok(())
    }

    fn file(&mut self, name: &str, bytes: &[u8]) -> Result<(), ImportError> {
        let form = |reason: String| ImportError::Form(name.to_owned(), reason);
        let text =
            std::str::from_utf8(bytes).map_err(|error| form(format!("no UTF-8 at byte {}", error.valid_up_to())))?;
        if text.starts_with("# castellan advisories") {
            // A file of the data folder has its checksum in the last line, which is a comment here.
            self.table = Some(Table::parse(text).map_err(|error| form(error.to_string()))?);
            return Ok(());
        }
        let first_line_is_whole = text.lines().next().is_some_and(|line| serde_json::from_str::<Value>(line).is_ok());
        if first_line_is_whole && text.lines().nth(1).is_some_and(|line| line.trim_start().starts_with('{')) {
            for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
                let value =
                    serde_json::from_str(line).map_err(|error| form(format!("line {}: {error}", number + 1)))?;
                self.value(name, value)?;
            }
            return Ok(());
        }
        let value: Value =
            serde_json::from_str(text).map_err(|error| form(format!("line {}: {error}", error.line())))?;
        match value {
            Value::Array(values) => values.into_iter().try_for_each(|value| self.value(name, value)),
            value => self.value(name, value),
        }
    }

    fn value(&mut self, name: &str, value: Value) -> Result<(), ImportError> {
        let form = |error: serde_json::Error| ImportError::Form(name.to_owned(), error.to_string());
        if value.get("id").is_some() && (value.get("affected").is_some() || value.get("withdrawn").is_some()) {
            let record: Record = serde_json::from_value(value).map_err(form)?;
            self.read += 1;
            let day = record.modified.get(..10).unwrap_or_default().to_owned();
            for fact in record.facts() {
                let newest = self.newest.entry(fact.ecosystem.clone()).or_default();
                if day > *newest {
                    newest.clone_from(&day);
                }
                self.records.push(fact);
            }
        } else if value.get("advisories").is_some() && value.get("series").is_some() {
            self.odoo = Some(serde_json::from_value(value).map_err(form)?);
        } else if value.get("modules").is_some_and(Value::is_object) {
            let index: ModuleIndex = serde_json::from_value(value).map_err(form)?;
            self.modules.get_or_insert_with(ModuleIndex::default).merge(index);
        }
        // Anything else is none of ours: archives carry other files too.
        Ok(())
    }
}

/// SHA-256 in hexadecimal.
#[must_use]
pub fn sum(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&sha2::Sha256::digest(bytes))
}

/// Compares the files of a folder with its `SHA256SUMS`, where it has one.
fn check_sums(folder: &Path) -> Result<(), ImportError> {
    let Ok(text) = fs::read_to_string(folder.join(SUMS)) else { return Ok(()) };
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let list = || format!("{}/{SUMS}", folder.display());
        let Some((expected, name)) = line.split_once([' ', '\t']) else {
            return Err(ImportError::Form(list(), format!("line {}: a checksum and a name are expected", number + 1)));
        };
        let path = folder.join(name.trim().trim_start_matches('*'));
        let shown = path.display().to_string();
        let bytes = fs::read(&path).map_err(|error| ImportError::Read(shown.clone(), error.kind().to_string()))?;
        let real = sum(&bytes);
        if !expected.eq_ignore_ascii_case(&real) {
            return Err(ImportError::Sum(shown, real));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(id: &str, package: &str, fixed: &str, modified: &str) -> String {
        format!(
            r#"{{"id": "{id}", "modified": "{modified}T00:00:00Z", "affected": [{{"package": {{"ecosystem": "PyPI", "name": "{package}"}}, "ranges": [{{"type": "ECOSYSTEM", "events": [{{"introduced": "0"}}, {{"fixed": "{fixed}"}}]}}]}}]}}"#
        )
    }

    #[test]
    fn files_lines_and_archives_are_told_apart_by_content() {
        let mut lines = Imported::default();
        let text = format!("{}\n{}\n", record("A", "a", "1", "2026-01-01"), record("B", "b", "2", "2026-02-01"));
        lines.bytes("x.jsonl", text.as_bytes(), None).unwrap();
        let table = lines.table(&Table::new("2020-01-01", Vec::new())).unwrap();
        assert_eq!((table.len(), table.date.as_str()), (2, "2026-02-01"));
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        writer.start_file("A.json", options).unwrap();
        std::io::Write::write_all(&mut writer, record("A", "a", "1", "2026-01-01").as_bytes()).unwrap();
        writer.start_file("other.json", options).unwrap();
        std::io::Write::write_all(&mut writer, b"{\"x\": 1}").unwrap();
        let bytes = writer.finish().unwrap().into_inner();
        let mut archive = Imported::default();
        archive.bytes("all.zip", &bytes, Some(&sum(&bytes))).unwrap();
        assert_eq!(archive.read, 1);
        let mut index = Imported::default();
        index
            .bytes(
                "modules.json",
                br#"{"date": "2026-01-01", "modules": {"a": {"releases": {"17.0": {"version": "17.0.1.0.0"}}}}}"#,
                None,
            )
            .unwrap();
        assert!(index.modules.unwrap().release("a", "17.0").is_some());
    }

    #[test]
    fn what_is_wrong_is_told_and_nothing_is_taken() {
        let mut one = Imported::default();
        let wrong = one.bytes("x.json", b"{}", Some("00")).unwrap_err().to_string();
        assert!(wrong.contains("SHA-256 is 44136fa3"), "{wrong}");
        let wrong =
            one.bytes("x.jsonl", b"{\"id\": \"A\", \"affected\": []}\n{\"id\": \n", None).unwrap_err().to_string();
        assert!(wrong.contains("`x.jsonl`: line 2: "), "{wrong}");
        assert!(matches!(one.bytes("x.json", b"{}", None), Err(ImportError::Nothing(_))));
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.json"), record("A", "a", "1", "2026-01-01")).unwrap();
        fs::write(folder.path().join(SUMS), format!("{}  a.json\n", "0".repeat(64))).unwrap();
        assert!(matches!(one.path(folder.path(), None), Err(ImportError::Sum(..))));
        assert!(matches!(one.path(Path::new("/nonexistent"), None), Err(ImportError::Read(..))));
    }
}
