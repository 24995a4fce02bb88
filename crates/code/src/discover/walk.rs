//! Folders: honours `.gitignore`, follows links once, opens archives that hold modules.

use std::path::{Path, PathBuf};

use castellan_model::{NotAssessed, NotAssessedKind};
use ignore::WalkBuilder;

use super::{DiscoverOptions, MANIFEST_NAMES, RawBytes, RawFile, archive, is_archive, language_of};
use crate::source::Language;

/// Folders that never hold code of the module.
const SKIPPED_FOLDERS: [&str; 4] = ["node_modules", "__pycache__", ".git", ".tox"];

pub(super) fn walk(
    target: &Path,
    prefix: &str,
    options: &DiscoverOptions,
    files: &mut Vec<RawFile>,
    notes: &mut Vec<NotAssessed>,
) {
    if target.is_file() {
        let name = target.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if is_archive(target) {
            archive::read(target, &join(prefix, &name), options, files, notes);
        } else if language_of(&name).is_some() {
            let (shown, manifest) = within_module(target, &name);
            files.push(RawFile { path: join(prefix, &shown), bytes: RawBytes::OnDisk(target.to_path_buf()) });
            // The manifest tells the module and its series.
            files.extend(
                manifest.map(|(path, shown)| RawFile { path: join(prefix, &shown), bytes: RawBytes::OnDisk(path) }),
            );
        } else {
            notes.push(NotAssessed {
                path: name,
                kind: NotAssessedKind::Unreadable,
                reason: "not a kind of file that is read (.py, .xml, .csv, .js, .whl, .zip)".into(),
            });
        }
        return;
    }
    let mut visited = std::collections::HashSet::new();
    let mut queue = vec![(target.to_path_buf(), prefix.to_owned())];
    let root = target.canonicalize().unwrap_or_else(|_| target.to_path_buf());
    while let Some((folder, shown)) = queue.pop() {
        let real = folder.canonicalize().unwrap_or_else(|_| folder.clone());
        if !visited.insert(real) {
            continue;
        }
        walk_folder(&folder, &shown, &root, options, &mut queue, files, notes);
    }
}

/// How many folders above a file its manifest is looked for.
const LEVELS_UP: usize = 6;

/// A file that is scanned alone, shown within its module, and the manifest of the module.
fn within_module(target: &Path, name: &str) -> (String, Option<(PathBuf, String)>) {
    let alone = (name.to_owned(), None);
    let Ok(real) = target.canonicalize() else { return alone };
    for folder in real.ancestors().skip(1).take(LEVELS_UP) {
        for manifest in MANIFEST_NAMES {
            let path = folder.join(manifest);
            if !path.is_file() || path == real {
                continue;
            }
            let (Some(module), Ok(inner)) = (folder.file_name(), real.strip_prefix(folder)) else { return alone };
            let module = module.to_string_lossy();
            return (format!("{module}/{}", slashes(inner)), Some((path, format!("{module}/{manifest}"))));
        }
    }
    alone
}

fn walk_folder(
    folder: &Path,
    shown: &str,
    root: &Path,
    options: &DiscoverOptions,
    queue: &mut Vec<(PathBuf, String)>,
    files: &mut Vec<RawFile>,
    notes: &mut Vec<NotAssessed>,
) {
    let walker = WalkBuilder::new(folder)
        .require_git(false)
        .follow_links(false)
        .filter_entry(|entry| entry.file_name().to_str().is_none_or(|name| !SKIPPED_FOLDERS.contains(&name)))
        .build();
    for entry in walker {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                notes.push(NotAssessed {
                    path: shown.to_owned(),
                    kind: NotAssessedKind::Unreadable,
                    reason: walk_error(&error),
                });
                continue;
            }
        };
        let path = entry.path();
        let Ok(relative) = path.strip_prefix(folder) else { continue };
        if relative.as_os_str().is_empty() {
            continue;
        }
        let display = join(shown, &slashes(relative));
        if options.exclude.is_match(&display) {
            continue;
        }
        if entry.path_is_symlink() {
            follow_link(path, &display, root, queue, files, notes);
            continue;
        }
        if !entry.file_type().is_some_and(|kind| kind.is_file()) {
            continue;
        }
        match language_of(&display) {
            Some(Language::Binary) => {
                if is_archive(path) && archive::holds_module(path) {
                    archive::read(path, &display, options, files, notes);
                }
                files.push(RawFile { path: display, bytes: RawBytes::Listed });
            }
            Some(_) => files.push(RawFile { path: display, bytes: RawBytes::OnDisk(path.to_path_buf()) }),
            None => {}
        }
    }
}

/// A link to what is scanned anyway is left out; a link to another folder is scanned once.
fn follow_link(
    path: &Path,
    display: &str,
    root: &Path,
    queue: &mut Vec<(PathBuf, String)>,
    files: &mut Vec<RawFile>,
    notes: &mut Vec<NotAssessed>,
) {
    let Ok(real) = path.canonicalize() else {
        if language_of(display).is_some_and(|language| language != Language::Binary) {
            notes.push(NotAssessed {
                path: display.to_owned(),
                kind: NotAssessedKind::Unreadable,
                reason: "a link that leads nowhere".to_owned(),
            });
        }
        return;
    };
    if real.starts_with(root) {
        return;
    }
    if real.is_dir() {
        queue.push((real, display.to_owned()));
    } else if language_of(display).is_some_and(|language| language != Language::Binary) {
        files.push(RawFile { path: display.to_owned(), bytes: RawBytes::OnDisk(real) });
    }
}

fn walk_error(error: &ignore::Error) -> String {
    error.io_error().map_or_else(|| "could not be walked".to_owned(), |io| io.kind().to_string())
}

fn join(prefix: &str, path: &str) -> String {
    if prefix.is_empty() { path.to_owned() } else { format!("{prefix}/{path}") }
}

fn slashes(path: &Path) -> String {
    path.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// A target as it is shown in front of its files when there are several targets.
pub(super) fn display_path(path: &Path) -> String {
    let text = slashes(path);
    text.trim_start_matches("./").trim_end_matches('/').replace("//", "/")
}
