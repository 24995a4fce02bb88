//! From targets (folders, files, archives) to texts and modules.
//!
//! Nothing is run or imported. What cannot be read becomes a note; it never stops the rest.

mod archive;
mod core_modules;
mod decode;
mod manifest;
mod walk;

use std::path::{Path, PathBuf};

use castellan_model::{NotAssessed, NotAssessedKind, Series};
use globset::GlobSet;
use rayon::prelude::*;

use crate::source::{FileId, Language, ModuleId, SourceFile};

pub use manifest::{DataFile, Manifest};

/// Limits that keep hostile input from exhausting the machine.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Largest text that is read, in bytes. Odoo's largest data files are about 5 MiB.
    pub file_bytes: u64,
    /// Most members that are read from one archive.
    pub archive_members: usize,
    /// Most bytes that one archive may unpack to.
    pub archive_bytes: u64,
    /// How deep an archive may hold archives.
    pub archive_depth: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { file_bytes: 16 << 20, archive_members: 20_000, archive_bytes: 512 << 20, archive_depth: 2 }
    }
}

/// What to look at and how.
#[derive(Debug, Clone, Default)]
pub struct DiscoverOptions {
    /// Paths that are left out, relative to the target.
    pub exclude: GlobSet,
    /// Scan Odoo's own modules too.
    pub include_core: bool,
    /// The series of every module, whatever its manifest says.
    pub series: Option<Series>,
    /// Odoo's own sources: read to know its models and routes, never reported on.
    pub odoo_path: Option<PathBuf>,
    /// Bounds.
    pub limits: Limits,
}

/// In front of the paths of Odoo's own sources.
pub(crate) const CONTEXT: &str = "(odoo)";

/// One Odoo module.
#[derive(Debug)]
pub struct Module {
    /// Technical name: the name of its folder.
    pub name: String,
    /// Folder, relative to the scanned path, without a slash at the end; empty for the path itself.
    pub path: String,
    /// Release series.
    pub series: Series,
    /// Whether the series was told (manifest or option) and not assumed.
    pub series_known: bool,
    /// The manifest.
    pub manifest: Manifest,
    /// The manifest's file.
    pub manifest_file: FileId,
}

/// Everything that was found.
#[derive(Debug, Default)]
pub struct Discovered {
    /// Texts in the order of their paths.
    pub files: Vec<SourceFile>,
    /// Modules in the order of their paths.
    pub modules: Vec<Module>,
    /// What was not read, and why.
    pub not_assessed: Vec<NotAssessed>,
}

/// Bytes with their relative path, before they are decoded.
pub(crate) struct RawFile {
    path: String,
    bytes: RawBytes,
}

pub(crate) enum RawBytes {
    OnDisk(PathBuf),
    InMemory(Vec<u8>),
    /// Present, not read.
    Listed,
}

const MANIFEST_NAMES: [&str; 3] = ["__manifest__.py", "__openerp__.py", "__terp__.py"];

/// Looks at every target.
///
/// # Errors
///
/// When a target does not exist: nothing else stops a scan.
pub fn discover(targets: &[PathBuf], options: &DiscoverOptions) -> Result<Discovered, DiscoverError> {
    let mut raw = Vec::new();
    let mut notes = Vec::new();
    for target in targets {
        if !target.exists() {
            return Err(DiscoverError::NoSuchTarget(target.clone()));
        }
        let prefix = if targets.len() > 1 { walk::display_path(target) } else { String::new() };
        walk::walk(target, &prefix, options, &mut raw, &mut notes);
    }
    if let Some(odoo) = &options.odoo_path {
        if !odoo.exists() {
            return Err(DiscoverError::NoSuchTarget(odoo.clone()));
        }
        // What cannot be read there is no gap of this scan.
        walk::walk(odoo, CONTEXT, options, &mut raw, &mut Vec::new());
    }
    let root_name = match targets {
        [only] => only.canonicalize().ok().and_then(|path| Some(path.file_name()?.to_string_lossy().into_owned())),
        _ => None,
    };
    Ok(assemble(raw, notes, options, root_name.as_deref()))
}

/// Builds a scan from texts in memory; the base of tests, fuzzing and editors. Same rules as [`discover`].
#[must_use]
pub fn discover_texts(texts: Vec<(String, Vec<u8>)>, options: &DiscoverOptions) -> Discovered {
    let raw = texts.into_iter().map(|(path, bytes)| RawFile { path, bytes: RawBytes::InMemory(bytes) }).collect();
    assemble(raw, Vec::new(), options, None)
}

/// A target that cannot be scanned at all.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// Nothing is there.
    #[error("`{}` does not exist; give a folder, a file or a module archive", .0.display())]
    NoSuchTarget(PathBuf),
}

pub(crate) fn language_of(path: &str) -> Option<Language> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.')?.1.to_ascii_lowercase();
    match extension.as_str() {
        "py" => Some(Language::Python),
        "xml" => Some(Language::Xml),
        "csv" => Some(Language::Csv),
        "js" => Some(Language::JavaScript),
        "so" | "pyd" | "pyc" | "pyo" | "exe" | "dll" | "dylib" | "egg" | "jar" | "whl" | "zip" | "tar" | "tgz"
        | "gz" | "7z" | "rar" | "bin" | "elf" => Some(Language::Binary),
        _ => None,
    }
}

/// `root_name` is the name of the scanned folder: the name of a module that is scanned by its own path.
fn assemble(
    mut raw: Vec<RawFile>,
    mut notes: Vec<NotAssessed>,
    options: &DiscoverOptions,
    root_name: Option<&str>,
) -> Discovered {
    raw.sort_by(|a, b| a.path.cmp(&b.path));
    raw.dedup_by(|a, b| a.path == b.path);
    let read: Vec<Result<SourceFile, NotAssessed>> =
        raw.into_par_iter().map(|file| read_text(file, options.limits.file_bytes)).collect();
    let mut files = Vec::with_capacity(read.len());
    for result in read {
        match result {
            Ok(file) => files.push(file),
            Err(note) => notes.push(note),
        }
    }
    let mut modules = find_modules(&files, options, &mut notes, root_name.unwrap_or("module"));
    let core: Vec<String> =
        if options.include_core { Vec::new() } else { core_modules::core_folders(&modules, &files) };
    let core: Vec<String> = core.into_iter().filter(|folder| !in_folder(folder, CONTEXT)).collect();
    for folder in &core {
        notes.push(NotAssessed {
            path: folder.clone(),
            kind: NotAssessedKind::CoreModule,
            reason: "a module of Odoo itself; scan it with --include-core".into(),
        });
    }
    if !core.is_empty() {
        let keep = |path: &str| !core.iter().any(|folder| in_folder(path, folder));
        files.retain(|file| keep(&file.path));
        modules.retain(|module| !core.contains(&module.path));
    }
    for module in &mut modules {
        if let Some(at) = files.iter().position(|file| {
            in_folder(&file.path, &module.path)
                && MANIFEST_NAMES.contains(&file.name())
                && parent(&file.path) == module.path
        }) {
            module.manifest_file = FileId(u32::try_from(at).unwrap_or(u32::MAX));
        }
    }
    for file in &mut files {
        file.module = innermost(&modules, &file.path);
    }
    notes.sort();
    notes.dedup();
    Discovered { files, modules, not_assessed: notes }
}

/// The folder part of a path; empty for a bare name.
pub(crate) fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn in_folder(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn innermost(modules: &[Module], path: &str) -> Option<ModuleId> {
    let mut folder = parent(path);
    loop {
        if let Ok(at) = modules.binary_search_by(|module| module.path.as_str().cmp(folder)) {
            return u32::try_from(at).ok().map(ModuleId);
        }
        if folder.is_empty() {
            return None;
        }
        folder = parent(folder);
    }
}

fn read_text(file: RawFile, limit: u64) -> Result<SourceFile, NotAssessed> {
    let note = |kind, reason: String| NotAssessed { path: file.path.clone(), kind, reason };
    let Some(language) = language_of(&file.path) else {
        return Err(note(NotAssessedKind::Unreadable, "not a kind of file that is read".into()));
    };
    let bytes = match file.bytes {
        RawBytes::Listed => return Ok(SourceFile::new(file.path, None, Language::Binary, String::new())),
        RawBytes::InMemory(bytes) => bytes,
        RawBytes::OnDisk(ref path) => {
            let size = std::fs::metadata(path).map(|data| data.len()).unwrap_or(0);
            if size > limit {
                return Err(note(NotAssessedKind::Size, format!("{size} bytes; the limit is {limit}")));
            }
            match std::fs::read(path) {
                Ok(bytes) => bytes,
                Err(error) => return Err(note(NotAssessedKind::Unreadable, error.kind().to_string())),
            }
        }
    };
    if bytes.len() as u64 > limit {
        return Err(note(NotAssessedKind::Size, format!("{} bytes; the limit is {limit}", bytes.len())));
    }
    if language == Language::Binary {
        return Ok(SourceFile::new(file.path, None, language, String::new()));
    }
    match decode::decode(&bytes, language) {
        Ok(text) => Ok(SourceFile::new(file.path, None, language, text)),
        Err(reason) => Err(note(NotAssessedKind::Encoding, reason)),
    }
}

fn find_modules(
    files: &[SourceFile],
    options: &DiscoverOptions,
    notes: &mut Vec<NotAssessed>,
    root_name: &str,
) -> Vec<Module> {
    let mut modules: Vec<Module> = Vec::new();
    for (index, file) in files.iter().enumerate() {
        if !MANIFEST_NAMES.contains(&file.name()) {
            continue;
        }
        let path = parent(&file.path).to_owned();
        if modules.last().is_some_and(|module| module.path == path) {
            continue;
        }
        let manifest = match Manifest::parse(&file.text) {
            Ok(manifest) => manifest,
            Err((offset, reason)) => {
                let at = file.position(offset);
                notes.push(NotAssessed {
                    path: file.path.clone(),
                    kind: NotAssessedKind::Syntax,
                    reason: format!("line {}, column {}: {reason}", at.line, at.column),
                });
                Manifest::default()
            }
        };
        let told = options.series.or_else(|| Series::from_manifest_version(&manifest.version));
        let name = path.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or(root_name).to_owned();
        modules.push(Module {
            name,
            series: told.or_else(|| assumed_series(&manifest, file.name())).unwrap_or(Series::ASSUMED),
            series_known: told.is_some(),
            path,
            manifest,
            manifest_file: FileId(u32::try_from(index).unwrap_or(u32::MAX)),
        });
    }
    modules.sort_by(|a, b| a.path.cmp(&b.path));
    // A module without a series of its own takes the one that most of its neighbours tell.
    let mut votes = std::collections::BTreeMap::<Series, usize>::new();
    for module in modules.iter().filter(|module| module.series_known) {
        *votes.entry(module.series).or_default() += 1;
    }
    if let Some((series, _)) = votes.into_iter().max_by_key(|(_, count)| *count) {
        for module in modules.iter_mut().filter(|module| !module.series_known) {
            module.series = series;
        }
    }
    modules
}

fn assumed_series(manifest: &Manifest, file_name: &str) -> Option<Series> {
    // `__openerp__.py` was the name up to 9.0; `qweb` in the manifest ended with 14.0.
    if file_name != "__manifest__.py" {
        return Series::new(9);
    }
    if manifest.has_qweb { Series::new(14) } else { None }
}

/// Whether this path is an archive that may hold modules.
pub(crate) fn is_archive(path: &Path) -> bool {
    path.extension()
        .and_then(|extension| extension.to_str())
        .is_some_and(|extension| extension.eq_ignore_ascii_case("whl") || extension.eq_ignore_ascii_case("zip"))
}
