//! Wheels and zip files of modules, read in memory within bounds. Nothing is unpacked to disk.

use std::io::{Cursor, Read, Seek};
use std::path::Path;

use castellan_model::{NotAssessed, NotAssessedKind};
use zip::ZipArchive;

use super::{DiscoverOptions, MANIFEST_NAMES, RawBytes, RawFile, language_of};
use crate::source::Language;

/// Whether an archive names a manifest. A broken archive holds none.
pub(super) fn holds_module(path: &Path) -> bool {
    let Ok(file) = std::fs::File::open(path) else { return false };
    let Ok(archive) = ZipArchive::new(std::io::BufReader::new(file)) else { return false };
    archive.file_names().any(is_manifest)
}

fn is_manifest(name: &str) -> bool {
    MANIFEST_NAMES.contains(&name.rsplit('/').next().unwrap_or(name))
}

pub(super) fn read(
    path: &Path,
    display: &str,
    options: &DiscoverOptions,
    files: &mut Vec<RawFile>,
    notes: &mut Vec<NotAssessed>,
) {
    let opened = std::fs::File::open(path).map(std::io::BufReader::new);
    let Ok(file) = opened else {
        notes.push(note(display, "could not be opened"));
        return;
    };
    let mut budget = Budget { members: options.limits.archive_members, bytes: options.limits.archive_bytes };
    read_archive(file, display, options, 1, &mut budget, files, notes);
}

struct Budget {
    members: usize,
    bytes: u64,
}

fn note(path: &str, reason: &str) -> NotAssessed {
    NotAssessed { path: path.to_owned(), kind: NotAssessedKind::Archive, reason: reason.to_owned() }
}

fn read_archive<R: Read + Seek>(
    reader: R,
    display: &str,
    options: &DiscoverOptions,
    depth: u32,
    budget: &mut Budget,
    files: &mut Vec<RawFile>,
    notes: &mut Vec<NotAssessed>,
) {
    let Ok(mut archive) = ZipArchive::new(reader) else {
        notes.push(note(display, "not a readable zip archive"));
        return;
    };
    for index in 0..archive.len() {
        let Ok(mut member) = archive.by_index(index) else {
            notes.push(note(display, "holds a member that cannot be read (encrypted or damaged)"));
            continue;
        };
        if !member.is_file() {
            continue;
        }
        let name = member.name().replace('\\', "/");
        if name.starts_with('/') || name.split('/').any(|part| part == "..") || name.contains('\0') {
            notes.push(note(display, "holds a member whose path leaves the archive; it was not read"));
            continue;
        }
        let shown = format!("{display}!/{name}");
        let Some(language) = language_of(&name) else { continue };
        if options.exclude.is_match(&shown) {
            continue;
        }
        let nested = language == Language::Binary && super::is_archive(Path::new(&name));
        if language == Language::Binary && !nested {
            files.push(RawFile { path: shown, bytes: RawBytes::Listed });
            continue;
        }
        if budget.members == 0 {
            notes.push(note(display, "holds more members than the limit; the rest was not read"));
            return;
        }
        budget.members -= 1;
        let limit = options.limits.file_bytes.min(budget.bytes);
        let mut bytes = Vec::new();
        // The size in the header is a claim: read at most one byte more than allowed and look.
        let read = member.by_ref().take(limit + 1).read_to_end(&mut bytes);
        if read.is_err() {
            notes.push(note(&shown, "damaged member"));
            continue;
        }
        if bytes.len() as u64 > limit {
            notes.push(note(&shown, "unpacks to more than the limit; it was not read"));
            if limit == budget.bytes {
                return;
            }
            continue;
        }
        budget.bytes -= bytes.len() as u64;
        if !nested {
            files.push(RawFile { path: shown, bytes: RawBytes::InMemory(bytes) });
        } else if depth < options.limits.archive_depth {
            read_archive(Cursor::new(bytes), &shown, options, depth + 1, budget, files, notes);
        } else {
            notes.push(note(&shown, "an archive nested deeper than the limit; it was not read"));
        }
    }
}
