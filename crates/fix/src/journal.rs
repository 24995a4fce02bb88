//! Writes changes, keeps the old state, and restores it.
//!
//! Every run has a folder of its own in the journal: `manifest.json` and the files as they were. A file is written beside
//! its place and moved over it, with the mode and owner of the old one. When a program refuses a new file, everything of
//! the run is taken back.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Path, PathBuf};

use castellan_model::calendar;
use serde::{Deserialize, Serialize};

use crate::check::{Verdict, ask};
use crate::plan::FilePlan;
use crate::records::{Place, SavedRecord};

/// Why changes were not made or not taken back.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// A file cannot be read or written.
    #[error("`{path}`: {reason}")]
    File {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// A program refused a new file; everything was taken back.
    #[error("{0}; everything was put back as it was")]
    Refused(String),
    /// There is no such run.
    #[error("there is no run `{0}` in the journal; `castellan undo --list` shows all")]
    Unknown(String),
    /// A file was changed since.
    #[error("`{0}` was changed since; restoring it would lose that (`--force` does it all the same)")]
    Changed(String),
}

/// A run of `castellan fix --apply`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of the format: 1.
    pub format: u32,
    /// Name of the run.
    pub id: String,
    /// When, seconds since 1970.
    pub time: i64,
    /// What was removed: rules.
    pub rules: Vec<String>,
    /// Files that were written.
    pub files: Vec<Saved>,
    /// The database in which records were changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// Records that were changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub records: Vec<SavedRecord>,
    /// Taken back already.
    pub undone: bool,
    /// Taken back by itself unless this becomes true.
    pub confirmed: bool,
}

/// A file as it was.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Saved {
    /// The file.
    pub path: PathBuf,
    /// It was there before.
    pub existed: bool,
    /// Permission bits before.
    pub mode: u32,
    /// Owner before.
    pub uid: u32,
    /// Group before.
    pub gid: u32,
    /// Name of the copy in the folder of the run; `None` when only the mode changed.
    pub copy: Option<String>,
    /// Hash of the new content.
    pub new_hash: Option<String>,
}

/// What was done.
#[derive(Debug)]
pub struct Applied {
    /// The run.
    pub manifest: Manifest,
    /// What the programs said: file and word.
    pub checks: Vec<(String, Verdict)>,
}

/// The journal's folder.
#[derive(Debug, Clone)]
pub struct Journal {
    folder: PathBuf,
}

impl Journal {
    /// A journal in a folder.
    #[must_use]
    pub const fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes files. `ask_programs` lets nginx, systemd and the like look at them.
    ///
    /// # Errors
    ///
    /// When a file cannot be written or a program refuses one; then nothing is changed.
    pub fn apply(
        &self,
        files: &[FilePlan],
        rules: &[String],
        now: i64,
        ask_programs: bool,
    ) -> Result<Applied, JournalError> {
        let id = self.new_id(now);
        let folder = self.folder.join(&id);
        create_private(&folder)?;
        let mut manifest = Manifest {
            format: 1,
            id,
            time: now,
            rules: rules.to_vec(),
            files: Vec::new(),
            place: None,
            records: Vec::new(),
            undone: false,
            confirmed: false,
        };
        for (number, file) in files.iter().enumerate() {
            manifest.files.push(save(file, &folder, number)?);
        }
        self.store(&manifest)?;
        for (file, saved) in files.iter().zip(&manifest.files) {
            if let Err(error) = write_one(file, saved) {
                self.restore(&manifest)?;
                self.mark_undone(&mut manifest)?;
                return Err(error);
            }
        }
        let mut checks = Vec::new();
        for file in files.iter().filter(|file| ask_programs && file.before.as_deref() != Some(&file.after)) {
            let verdict = ask(&file.path, &file.after);
            if let Verdict::Refused(reason) = &verdict {
                // What it refused before is not our doing.
                self.restore(&manifest)?;
                let old = file.before.as_deref().unwrap_or("");
                let can_tell = file.before.is_some() || file.path.to_string_lossy().contains(".service.d/");
                let was_refused = can_tell && matches!(ask(&file.path, old), Verdict::Refused(_));
                if !was_refused {
                    self.mark_undone(&mut manifest)?;
                    return Err(JournalError::Refused(reason.clone()));
                }
                for (file, saved) in files.iter().zip(&manifest.files) {
                    write_one(file, saved)?;
                }
                checks.push((file.shown.clone(), Verdict::NotAsked("it was refused before the change too".into())));
                continue;
            }
            checks.push((file.shown.clone(), verdict));
        }
        Ok(Applied { manifest, checks })
    }

    /// Keeps records that were changed. The folder is closed to others, because it holds values of the database.
    ///
    /// # Errors
    ///
    /// When the journal cannot be written.
    pub fn keep_records(
        &self,
        place: Place,
        records: Vec<SavedRecord>,
        rules: &[String],
        now: i64,
    ) -> Result<Manifest, JournalError> {
        let id = self.new_id(now);
        create_private(&self.folder.join(&id))?;
        let manifest = Manifest {
            format: 1,
            id,
            time: now,
            rules: rules.to_vec(),
            files: Vec::new(),
            place: Some(place),
            records,
            undone: false,
            confirmed: true,
        };
        self.store(&manifest)?;
        Ok(manifest)
    }

    /// Notes that a run was taken back.
    ///
    /// # Errors
    ///
    /// When the journal cannot be written.
    pub fn note_undone(&self, mut manifest: Manifest) -> Result<Manifest, JournalError> {
        self.mark_undone(&mut manifest)?;
        Ok(manifest)
    }

    /// Runs, newest first.
    ///
    /// # Errors
    ///
    /// When the journal cannot be read.
    pub fn runs(&self) -> Result<Vec<Manifest>, JournalError> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(&self.folder, &error)),
        };
        let mut runs: Vec<Manifest> = entries
            .flatten()
            .filter_map(|entry| {
                serde_json::from_str(&fs::read_to_string(entry.path().join("manifest.json")).ok()?).ok()
            })
            .collect();
        runs.sort_by(|a, b| b.id.cmp(&a.id));
        Ok(runs)
    }

    /// A run by its name; without a name the newest that is not taken back.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn run(&self, id: Option<&str>) -> Result<Manifest, JournalError> {
        let runs = self.runs()?;
        let found = match id {
            Some(id) => runs.into_iter().find(|run| run.id == id),
            None => runs.into_iter().find(|run| !run.undone),
        };
        found.ok_or_else(|| JournalError::Unknown(id.unwrap_or("newest").to_owned()))
    }

    /// Restores the files of a run. Files that were changed since stop it, unless `force`.
    ///
    /// # Errors
    ///
    /// When a file was changed since or cannot be written.
    pub fn undo(&self, mut manifest: Manifest, force: bool) -> Result<Manifest, JournalError> {
        for saved in manifest.files.iter().filter(|_| !force) {
            if let Some(hash) = &saved.new_hash {
                let now =
                    fs::read(&saved.path).map(|bytes| blake3::hash(&bytes).to_hex().to_string()).unwrap_or_default();
                if now != *hash {
                    return Err(JournalError::Changed(saved.path.display().to_string()));
                }
            }
        }
        self.restore(&manifest)?;
        self.mark_undone(&mut manifest)?;
        Ok(manifest)
    }

    /// Keeps a run that would be taken back by itself.
    ///
    /// # Errors
    ///
    /// When there is no such run or the journal cannot be written.
    pub fn confirm(&self, id: &str) -> Result<Manifest, JournalError> {
        let mut manifest = self.run(Some(id))?;
        manifest.confirmed = true;
        self.store(&manifest)?;
        Ok(manifest)
    }

    fn mark_undone(&self, manifest: &mut Manifest) -> Result<(), JournalError> {
        manifest.undone = true;
        self.store(manifest)
    }

    fn restore(&self, manifest: &Manifest) -> Result<(), JournalError> {
        let folder = self.folder.join(&manifest.id);
        for saved in manifest.files.iter().rev() {
            match (&saved.copy, saved.existed) {
                (Some(copy), true) => {
                    let from = folder.join(copy);
                    let bytes = fs::read(&from).map_err(|error| failed(&from, &error))?;
                    write_atomic(&saved.path, &bytes, saved.mode, Some((saved.uid, saved.gid)))?;
                }
                (None, true) => {
                    fs::set_permissions(&saved.path, fs::Permissions::from_mode(saved.mode))
                        .map_err(|error| failed(&saved.path, &error))?;
                }
                (_, false) => match fs::remove_file(&saved.path) {
                    Ok(()) => {}
                    Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                    Err(error) => return Err(failed(&saved.path, &error)),
                },
            }
        }
        Ok(())
    }

    fn store(&self, manifest: &Manifest) -> Result<(), JournalError> {
        let path = self.folder.join(&manifest.id).join("manifest.json");
        let text = serde_json::to_string_pretty(manifest).unwrap_or_default();
        write_atomic(&path, text.as_bytes(), 0o600, None)
    }

    fn new_id(&self, now: i64) -> String {
        let mut number = 0;
        loop {
            let stamp = calendar::stamp(now);
            let id = if number == 0 { stamp } else { format!("{stamp}-{number}") };
            if !self.folder.join(&id).exists() {
                return id;
            }
            number += 1;
        }
    }
}

fn failed(path: &Path, error: &std::io::Error) -> JournalError {
    JournalError::File { path: path.display().to_string(), reason: error.kind().to_string() }
}

/// Copies of configuration hold passwords: nobody else may enter.
fn create_private(folder: &Path) -> Result<(), JournalError> {
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(|error| failed(folder, &error))
}

fn save(file: &FilePlan, folder: &Path, number: usize) -> Result<Saved, JournalError> {
    let path = fs::canonicalize(&file.path).unwrap_or_else(|_| file.path.clone());
    let changes_text = file.before.as_deref() != Some(&file.after);
    match fs::metadata(&path) {
        Ok(data) => {
            let copy = changes_text.then(|| number.to_string());
            if let Some(name) = &copy {
                let to = folder.join(name);
                let bytes = fs::read(&path).map_err(|error| failed(&path, &error))?;
                write_atomic(&to, &bytes, 0o600, None)?;
            }
            let new_hash = changes_text.then(|| blake3::hash(file.after.as_bytes()).to_hex().to_string());
            Ok(Saved {
                path,
                existed: true,
                mode: data.mode() & 0o7777,
                uid: data.uid(),
                gid: data.gid(),
                copy,
                new_hash,
            })
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Saved {
            path,
            existed: false,
            mode: 0,
            uid: 0,
            gid: 0,
            copy: None,
            new_hash: Some(blake3::hash(file.after.as_bytes()).to_hex().to_string()),
        }),
        Err(error) => Err(failed(&path, &error)),
    }
}

fn write_one(file: &FilePlan, saved: &Saved) -> Result<(), JournalError> {
    let mode = file.mode.unwrap_or(saved.mode);
    if saved.existed && saved.copy.is_none() {
        return fs::set_permissions(&saved.path, fs::Permissions::from_mode(mode))
            .map_err(|error| failed(&saved.path, &error));
    }
    if let Some(folder) = saved.path.parent().filter(|_| !saved.existed) {
        fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    }
    let owner = saved.existed.then_some((saved.uid, saved.gid));
    write_atomic(&saved.path, file.after.as_bytes(), mode, owner)
}

/// Writes beside the place and moves over it, so that no reader sees half a file.
fn write_atomic(path: &Path, bytes: &[u8], mode: u32, owner: Option<(u32, u32)>) -> Result<(), JournalError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let beside = path.with_file_name(format!(".{name}.castellan-new"));
    let written = (|| {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside)?;
        file.write_all(bytes)?;
        if let Some((uid, gid)) = owner {
            let data = file.metadata()?;
            if (data.uid(), data.gid()) != (uid, gid) {
                chown(&beside, Some(uid), Some(gid))?;
            }
        }
        file.set_permissions(fs::Permissions::from_mode(mode))?;
        file.sync_all()?;
        fs::rename(&beside, path)
    })();
    written.map_err(|error| {
        let _ = fs::remove_file(&beside);
        failed(path, &error)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &Path, before: Option<&str>, after: &str, mode: Option<u32>) -> FilePlan {
        FilePlan {
            path: path.to_path_buf(),
            shown: path.display().to_string(),
            before: before.map(str::to_owned),
            after: after.into(),
            mode,
        }
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().mode() & 0o7777
    }

    #[test]
    fn changes_are_written_and_taken_back() {
        let folder = tempfile::tempdir().unwrap();
        let conf = folder.path().join("odoo.conf");
        let link = folder.path().join("link.conf");
        let new = folder.path().join("unit.d/new.conf");
        fs::write(&conf, "old\n").unwrap();
        fs::set_permissions(&conf, fs::Permissions::from_mode(0o666)).unwrap();
        std::os::unix::fs::symlink(&conf, &link).unwrap();
        let journal = Journal::at(folder.path().join("journal"));
        let files = [file(&link, Some("old\n"), "new\n", Some(0o640)), file(&new, None, "x\n", Some(0o644))];
        let applied = journal.apply(&files, &["a-rule".into()], 1000, false).unwrap();
        assert_eq!((fs::read_to_string(&conf).unwrap().as_str(), mode(&conf)), ("new\n", 0o640));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert!(new.exists());
        assert_eq!(mode(&journal.folder().join(&applied.manifest.id)), 0o700);
        journal.undo(journal.run(None).unwrap(), false).unwrap();
        assert_eq!((fs::read_to_string(&conf).unwrap().as_str(), mode(&conf)), ("old\n", 0o666));
        assert!(!new.exists());
        assert!(journal.run(None).is_err());
    }

    #[test]
    fn a_file_that_was_changed_since_is_not_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let conf = folder.path().join("odoo.conf");
        fs::write(&conf, "old\n").unwrap();
        let journal = Journal::at(folder.path().join("journal"));
        journal.apply(&[file(&conf, Some("old\n"), "new\n", None)], &[], 1000, false).unwrap();
        fs::write(&conf, "by hand\n").unwrap();
        let run = journal.run(None).unwrap();
        assert!(matches!(journal.undo(run.clone(), false), Err(JournalError::Changed(_))));
        assert_eq!(fs::read_to_string(&conf).unwrap(), "by hand\n");
        journal.undo(run, true).unwrap();
        assert_eq!(fs::read_to_string(&conf).unwrap(), "old\n");
    }

    #[test]
    fn a_failure_in_the_middle_takes_everything_back() {
        let folder = tempfile::tempdir().unwrap();
        let conf = folder.path().join("odoo.conf");
        fs::write(&conf, "old\n").unwrap();
        let blocked = folder.path().join("odoo.conf/impossible");
        let journal = Journal::at(folder.path().join("journal"));
        let files = [file(&conf, Some("old\n"), "new\n", None), file(&blocked, None, "x", Some(0o644))];
        assert!(journal.apply(&files, &[], 1000, false).is_err());
        assert_eq!(fs::read_to_string(&conf).unwrap(), "old\n");
    }
}
