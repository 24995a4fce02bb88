//! The data that is used: what is embedded, and what `castellan update` has put into the data folder, each file with its checksum and the
//! last good one beside it.

use std::borrow::Cow;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::data::{self, OdooFacts};
use crate::modules::ModuleIndex;
use crate::table::Table;

/// Records of OSV.
pub const RECORDS: &str = "records.tsv";
/// Series and advisories of Odoo.
pub const ODOO: &str = "odoo.json";
/// Released modules.
pub const MODULES: &str = "modules.json";

/// First word of the last line of every file.
const SEAL: &str = "# blake3 ";

/// Everything that rules compare with.
#[derive(Debug, Clone)]
pub struct Data {
    /// Series and advisories of Odoo.
    pub odoo: Cow<'static, OdooFacts>,
    /// Records of OSV.
    pub table: Cow<'static, Table>,
    /// Released modules; empty unless an index was taken in.
    pub modules: ModuleIndex,
    /// What was wrong with the data folder, and what is used in its place.
    pub notes: Vec<String>,
}

impl Data {
    /// Whether the records of OSV are the embedded ones, which cover what Odoo itself asks for.
    #[must_use]
    pub const fn has_embedded_records(&self) -> bool {
        matches!(self.table, Cow::Borrowed(_))
    }

    /// What is embedded.
    #[must_use]
    pub fn embedded() -> Self {
        Self {
            odoo: Cow::Borrowed(data::odoo()),
            table: Cow::Borrowed(data::table()),
            modules: ModuleIndex::default(),
            notes: Vec::new(),
        }
    }

    /// What is embedded with a table of one's own.
    #[must_use]
    pub fn with_table(table: Table) -> Self {
        Self { table: Cow::Owned(table), ..Self::embedded() }
    }

    /// What the data folder holds, and what is embedded where it holds nothing. A damaged file is replaced by the last good one.
    #[must_use]
    pub fn load(folder: &Path) -> Self {
        let mut out = Self::embedded();
        let mut notes = Vec::new();
        if let Some(table) =
            read(folder, RECORDS, &mut notes, |text| Table::parse(text).map_err(|error| error.to_string()))
        {
            out.table = Cow::Owned(table);
        }
        let facts = |text: &str| serde_json::from_str::<OdooFacts>(text).map_err(|error| error.to_string());
        // A newer castellan may bring newer facts than the folder has.
        if let Some(facts) = read(folder, ODOO, &mut notes, facts).filter(|facts| facts.compiled > out.odoo.compiled) {
            out.odoo = Cow::Owned(facts);
        }
        let index = |text: &str| serde_json::from_str::<ModuleIndex>(text).map_err(|error| error.to_string());
        if let Some(index) = read(folder, MODULES, &mut notes, index) {
            out.modules = index;
        }
        out.notes = notes;
        out
    }
}

fn previous(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.last"))
}

fn read<T>(folder: &Path, name: &str, notes: &mut Vec<String>, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
    let path = folder.join(name);
    let good = |path: &Path| -> Result<T, String> {
        let text = fs::read_to_string(path).map_err(|error| error.kind().to_string())?;
        parse(unseal(&text).ok_or("its checksum is wrong")?)
    };
    let broken = match good(&path) {
        Ok(found) => return Some(found),
        Err(_) if !path.exists() && !previous(folder, name).exists() => return None,
        Err(error) => error,
    };
    let (used, instead) = match good(&previous(folder, name)) {
        Ok(found) => (Some(found), "the data before it is used"),
        Err(_) => (None, "the embedded data is used"),
    };
    notes.push(format!("`{}`: {broken}; {instead}: run `castellan update` again", path.display()));
    used
}

/// A text with its checksum in a line behind it.
fn seal(text: &str) -> String {
    let body = if text.ends_with('\n') { text.to_owned() } else { format!("{text}\n") };
    let sum = blake3::hash(body.as_bytes()).to_hex();
    format!("{body}{SEAL}{sum}\n")
}

/// The text without the line of its checksum; none: it is not the text that was sealed.
fn unseal(text: &str) -> Option<&str> {
    let at = text.trim_end().rfind('\n')? + 1;
    let sum = text.get(at..)?.trim_end().strip_prefix(SEAL)?;
    let body = text.get(..at)?;
    (blake3::hash(body.as_bytes()).to_hex().as_str() == sum).then_some(body)
}

/// Writes a file of the data folder: whole or not at all. What was there is kept as the last good one.
///
/// # Errors
///
/// When the folder cannot be written; what was there is still there.
pub fn write(folder: &Path, name: &str, text: &str) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let path = folder.join(name);
    let fresh = folder.join(format!("{name}.{}.new", std::process::id()));
    let written = fs::File::create(&fresh).and_then(|mut file| {
        io::Write::write_all(&mut file, seal(text).as_bytes())?;
        file.sync_all()
    });
    if let Err(error) = written {
        let _ = fs::remove_file(&fresh);
        return Err(error);
    }
    // Only what can be read is worth keeping.
    if fs::read_to_string(&path).is_ok_and(|text| unseal(&text).is_some()) {
        fs::copy(&path, previous(folder, name))?;
    }
    fs::rename(&fresh, &path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(date: &str) -> String {
        Table::new(date, Vec::new()).print()
    }

    #[test]
    fn a_damaged_file_gives_way_to_the_last_good_one() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        assert_eq!(Data::load(at).table.date, data::table().date);
        write(at, RECORDS, &table("2026-12-01")).unwrap();
        write(at, RECORDS, &table("2026-12-02")).unwrap();
        let loaded = Data::load(at);
        assert_eq!((loaded.table.date.as_str(), loaded.notes.len()), ("2026-12-02", 0));
        // Cut off in the middle, as by a full disk.
        let text = fs::read_to_string(at.join(RECORDS)).unwrap();
        fs::write(at.join(RECORDS), &text[..text.len() / 2]).unwrap();
        let loaded = Data::load(at);
        assert_eq!(loaded.table.date, "2026-12-01");
        assert!(loaded.notes[0].contains("its checksum is wrong; the data before it is used"), "{:?}", loaded.notes);
        // A damaged file does not become the last good one.
        write(at, RECORDS, &table("2026-12-03")).unwrap();
        fs::write(at.join(RECORDS), "x").unwrap();
        assert_eq!(Data::load(at).table.date, "2026-12-01");
        fs::write(at.join(format!("{RECORDS}.last")), "x").unwrap();
        let loaded = Data::load(at);
        assert_eq!(loaded.table.date, data::table().date);
        assert!(loaded.notes[0].contains("the embedded data is used"));
    }
}
