//! An index of modules, made from a folder of wheels (`odoo_addon_NAME-17.0.1.2.0-py3-none-any.whl`): their RECORD holds the checksum of
//! every file.

use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;

use crate::modules::{ModuleIndex, Release, series_of};
use crate::version::Scheme;

/// The largest text inside a wheel that is read.
const LARGEST: u64 = 16 << 20;

/// A wheel that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("`{0}`: {1}")]
pub struct IndexError(String, String);

/// Reads every wheel of a folder. Of several versions for one series the newest counts.
///
/// # Errors
///
/// When the folder or a wheel cannot be read.
pub fn of_wheels(folder: &Path, date: &str) -> Result<ModuleIndex, IndexError> {
    let fail = |error: std::io::Error| IndexError(folder.display().to_string(), error.kind().to_string());
    let mut out = ModuleIndex { date: date.to_owned(), ..ModuleIndex::default() };
    let mut paths: Vec<_> = fs::read_dir(folder).map_err(fail)?.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "whl")) {
        let name = path.display().to_string();
        let bytes = fs::read(&path).map_err(|error| IndexError(name.clone(), error.kind().to_string()))?;
        let Some((module, release)) = wheel(&bytes).map_err(|reason| IndexError(name, reason))? else { continue };
        let Some(series) = series_of(&release.version) else { continue };
        let known = &mut out.modules.entry(module).or_default().releases;
        let newer = known.get(&series).is_none_or(|old| {
            Scheme::Dotted.compare(&release.version, &old.version).is_some_and(std::cmp::Ordering::is_ge)
        });
        if newer {
            known.insert(series, release);
        }
    }
    out.modules.retain(|_, module| !module.releases.is_empty());
    Ok(out)
}

/// The module of a wheel; none: it holds no module of Odoo.
fn wheel(bytes: &[u8]) -> Result<Option<(String, Release)>, String> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| error.to_string())?;
    let mut text = |ending: &str| -> Result<Option<(String, String)>, String> {
        let Some(name) = archive.file_names().find(|name| name.ends_with(ending)).map(str::to_owned) else {
            return Ok(None);
        };
        let file = archive.by_name(&name).map_err(|error| error.to_string())?;
        let changed = file
            .last_modified()
            .map_or_else(String::new, |time| format!("{:04}-{:02}-{:02}", time.year(), time.month(), time.day()));
        let mut text = String::new();
        file.take(LARGEST).read_to_string(&mut text).map_err(|error| error.to_string())?;
        Ok(Some((text, changed)))
    };
    let (Some((record, _)), Some((metadata, changed))) = (text(".dist-info/RECORD")?, text(".dist-info/METADATA")?)
    else {
        return Err("it holds no RECORD or METADATA".to_owned());
    };
    let field = |name: &str| {
        let mut lines = metadata.lines().take_while(|line| !line.is_empty());
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap_or_default().to_owned()
    };
    let mut module = None;
    let mut release = Release {
        version: field("Version"),
        // Wheels that can be built again bit by bit carry a day of 1980.
        changed: Some(changed).filter(|day| day.as_str() > "1981").unwrap_or_default(),
        maintainers: Some(field("Maintainer")).filter(|name| !name.is_empty()).into_iter().collect(),
        ..Release::default()
    };
    for line in record.lines() {
        let mut fields = line.rsplitn(3, ',');
        let (_size, sum, path) = (fields.next(), fields.next().unwrap_or_default(), fields.next().unwrap_or_default());
        let inside = path.trim_matches('"').strip_prefix("odoo/addons/").and_then(|rest| rest.split_once('/'));
        let Some((name, inside)) = inside else { continue };
        module.get_or_insert_with(|| name.to_owned());
        let bytes =
            sum.strip_prefix("sha256=").and_then(|sum| data_encoding::BASE64URL_NOPAD.decode(sum.as_bytes()).ok());
        if let Some(bytes) = bytes {
            release.files.insert(inside.to_owned(), data_encoding::HEXLOWER.encode(&bytes));
        }
    }
    Ok(module.map(|module| (module, release)))
}

/// Compares the files of a module with its release; which ones differ or are missing. None: the index does not know this version's files.
#[must_use]
pub fn differences(folder: &Path, module: &str, version: &str, index: &ModuleIndex) -> Option<Vec<String>> {
    let release = index.release(module, &series_of(version)?)?;
    if release.version != version || release.files.is_empty() {
        return None;
    }
    let differs = |path: &&String| {
        let inside = Path::new(path.as_str()).components().all(|part| matches!(part, std::path::Component::Normal(_)));
        let real = if inside { fs::read(folder.join(path.as_str())).ok() } else { None };
        real.map(|bytes| crate::import::sum(&bytes)).as_ref() != release.files.get(path.as_str())
    };
    Some(release.files.keys().filter(differs).cloned().collect())
}
