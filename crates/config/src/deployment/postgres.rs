//! A PostgreSQL server: `postgresql.conf` with includes, `pg_hba.conf` with includes.

use castellan_model::NotAssessedKind;

use crate::host::survey::Survey;
use crate::read::pg_hba::{self, Line, Record};
use crate::read::postgresql::{self, Setting};
use crate::source::{FileId, Site};

/// A PostgreSQL server.
#[derive(Debug)]
pub struct PostgresServer {
    /// Folder of its configuration.
    pub folder: String,
    /// `postgresql.conf`.
    pub conf: Option<FileId>,
    /// Settings in the order in which they count.
    pub settings: Vec<Setting>,
    /// `pg_hba.conf`.
    pub hba: Option<FileId>,
    /// Its records in order.
    pub records: Vec<Record>,
    /// Major version, when the path tells it.
    pub version: Option<u32>,
}

impl PostgresServer {
    /// The setting that counts: the last one.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&Setting> {
        self.settings.iter().rfind(|setting| setting.name.text == name)
    }

    /// Text of a setting, or the default.
    #[must_use]
    pub fn text(&self, name: &str, default: &str) -> String {
        self.setting(name).map_or_else(|| default.to_owned(), |setting| setting.value.text.clone())
    }

    /// A truth value, or the default.
    #[must_use]
    pub fn truth(&self, name: &str, default: bool) -> bool {
        self.setting(name).and_then(|setting| postgresql::boolean(&setting.value.text)).unwrap_or(default)
    }

    /// The place of a setting; the file for one that is not written down.
    #[must_use]
    pub fn place(&self, name: &str) -> Option<Site> {
        self.setting(name).map(|setting| setting.site).or(self.conf.map(|file| Site::new(file, 0, 0)))
    }

    /// Addresses that it listens on from outside this machine.
    #[must_use]
    pub fn listens_outside(&self) -> bool {
        self.text("listen_addresses", "localhost").split(',').map(str::trim).any(|address| {
            !address.is_empty()
                && address != "localhost"
                && !address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
        })
    }
}

/// Reads the server of a folder.
pub(super) fn load(survey: &mut Survey<'_>, folder: &str) -> Option<PostgresServer> {
    let conf = survey.open(&format!("{folder}/postgresql.conf"));
    let mut settings = Vec::new();
    if let Some(file) = conf {
        read_settings(survey, file, &mut settings, 0);
    }
    // ALTER SYSTEM writes here; it counts last.
    let data = settings
        .iter()
        .rfind(|setting: &&Setting| setting.name.text == "data_directory")
        .map_or_else(|| folder.to_owned(), |setting| setting.value.text.clone());
    if let Some(file) = survey.open(&format!("{data}/postgresql.auto.conf")) {
        read_settings(survey, file, &mut settings, 0);
    }
    let hba_path = settings
        .iter()
        .rfind(|setting| setting.name.text == "hba_file")
        .map_or_else(|| format!("{folder}/pg_hba.conf"), |setting| setting.value.text.clone());
    let hba = survey.open(&hba_path);
    let mut records = Vec::new();
    if let Some(file) = hba {
        read_records(survey, file, &mut records, 0);
    }
    if conf.is_none() && hba.is_none() {
        return None;
    }
    let version = folder.split('/').find_map(|part| part.parse::<u32>().ok().filter(|major| (8..40).contains(major)));
    survey.stat(&data);
    survey.stat(&hba_path);
    Some(PostgresServer { folder: folder.to_owned(), conf, settings, hba, records, version })
}

/// Reads `pg_hba.conf` alone.
pub(super) fn load_hba(survey: &mut Survey<'_>, path: &str) -> Option<PostgresServer> {
    let file = survey.open(path)?;
    let mut records = Vec::new();
    read_records(survey, file, &mut records, 0);
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    Some(PostgresServer { folder, conf: None, settings: Vec::new(), hba: Some(file), records, version: None })
}

fn read_settings(survey: &mut Survey<'_>, file: FileId, out: &mut Vec<Setting>, depth: usize) {
    if depth > 10 {
        let path = survey.path(file).to_owned();
        survey.note(&path, NotAssessedKind::Nesting, "includes are nested too deep");
        return;
    }
    let (settings, problems) = postgresql::parse(file, survey.text(file));
    for problem in problems {
        survey.problem(file, &problem);
    }
    let folder = survey.path(file).rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    for setting in settings {
        let path = absolute(&folder, &setting.value.text);
        match setting.name.text.as_str() {
            "include" | "include_if_exists" => match survey.open(&path) {
                Some(inner) => read_settings(survey, inner, out, depth + 1),
                None if setting.name.text == "include" => {
                    survey.note(&path, NotAssessedKind::Unreadable, "included, but not there");
                }
                None => {}
            },
            "include_dir" => {
                for path in survey.glob(&format!("{path}/*.conf")) {
                    if let Some(inner) = survey.open(&path) {
                        read_settings(survey, inner, out, depth + 1);
                    }
                }
            }
            _ => out.push(setting),
        }
    }
}

fn read_records(survey: &mut Survey<'_>, file: FileId, out: &mut Vec<Record>, depth: usize) {
    if depth > 10 {
        return;
    }
    let (lines, problems) = pg_hba::parse(file, survey.text(file));
    for problem in problems {
        survey.problem(file, &problem);
    }
    let folder = survey.path(file).rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
    for line in lines {
        match line {
            Line::Record(record) => out.push(record),
            Line::Include { kind, path } => {
                let path = absolute(&folder, &path.text);
                let paths =
                    if kind.text == "include_dir" { survey.glob(&format!("{path}/*.conf")) } else { vec![path] };
                for path in paths {
                    if let Some(inner) = survey.open(&path) {
                        read_records(survey, inner, out, depth + 1);
                    }
                }
            }
        }
    }
}

fn absolute(folder: &str, path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("{folder}/{path}") }
}
