//! What an agent keeps on its host: who it is, its key, and evidence that waits for the server.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::signature::Key;

/// Who the agent is, and what it looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identity {
    /// Address of the server.
    pub server: String,
    /// Number of the agent there.
    pub agent: i64,
    /// The server's public key, in Base64.
    pub server_key: String,
    /// Name of the deployment there.
    pub deployment: String,
    /// Certificates of an own authority.
    #[serde(default)]
    pub authorities: Vec<PathBuf>,
    /// A `castellan.toml` that says what is looked at; none: this host.
    #[serde(default)]
    pub settings: Option<PathBuf>,
    /// The deployment of that file that is meant; none: its only one.
    #[serde(default)]
    pub settings_deployment: Option<String>,
}

/// What changes from request to request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Counters {
    /// The last number that a request was signed with.
    pub request: i64,
    /// The last order that was carried out.
    pub order: i64,
    /// The last number of evidence.
    pub evidence: i64,
    /// Evidence that went because the spool was full.
    pub dropped: u64,
}

/// A folder of an agent. One agent has it at a time.
#[derive(Debug)]
pub struct State {
    folder: PathBuf,
    counters: Counters,
    /// Bytes of evidence that may wait.
    pub most: u64,
    /// Held for as long as the agent runs.
    _lock: Option<File>,
}

/// Evidence that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// Its number.
    pub number: i64,
    /// The file.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: u64,
}

const IDENTITY: &str = "agent.json";
const KEY: &str = "agent.key";
const COUNTERS: &str = "counters.json";
const SPOOL: &str = "spool";
/// Bytes of evidence that wait, unless it is said.
pub const SPOOLED: u64 = 256 << 20;

fn at(path: &Path, error: &dyn std::fmt::Display) -> String {
    format!("`{}`: {error}", path.display())
}

/// Writes a file that only its owner reads: whole, or not at all.
fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let part = path.with_extension("part");
    let run = || -> std::io::Result<()> {
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt;
            options.mode(0o600);
        }
        let mut file = options.open(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&part, path)?;
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    };
    run().map_err(|error| at(path, &error))
}

fn make(folder: &Path) -> Result<(), String> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder).map_err(|error| at(folder, &error))
}

/// Whether an agent enrolled with this folder.
#[must_use]
pub fn is_enrolled(folder: &Path) -> bool {
    folder.join(IDENTITY).is_file()
}

/// The key of a folder; it is made when there is none.
///
/// # Errors
///
/// When it cannot be read or made.
pub fn key(folder: &Path) -> Result<Key, String> {
    let path = folder.join(KEY);
    match std::fs::read(&path) {
        Ok(bytes) => Key::read(&bytes).map_err(|error| at(&path, &error)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let (key, pkcs8) = Key::generate()?;
            make(folder)?;
            write(&path, &pkcs8)?;
            Ok(key)
        }
        Err(error) => Err(at(&path, &error)),
    }
}

/// Keeps a new agent, whose key is there.
///
/// # Errors
///
/// When it cannot be written.
pub fn enrol(folder: &Path, identity: &Identity) -> Result<(), String> {
    make(&folder.join(SPOOL))?;
    let text = serde_json::to_vec_pretty(identity).map_err(|error| error.to_string())?;
    write(&folder.join(IDENTITY), &text)
}

/// Who the agent of a folder is, with its key.
///
/// # Errors
///
/// When there is none.
pub fn identity(folder: &Path) -> Result<(Identity, Key), String> {
    let path = folder.join(IDENTITY);
    let text = std::fs::read(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            format!("no agent enrolled with `{}`: run `castellan agent enrol` first", folder.display())
        }
        _ => at(&path, &error),
    })?;
    let identity = serde_json::from_slice(&text).map_err(|error| at(&path, &error))?;
    // A new key would be another agent's.
    let path = folder.join(KEY);
    let bytes = std::fs::read(&path).map_err(|error| at(&path, &error))?;
    Ok((identity, Key::read(&bytes).map_err(|error| at(&path, &error))?))
}

impl State {
    /// Opens the folder for an agent that runs.
    ///
    /// # Errors
    ///
    /// When another agent has it, or it cannot be written.
    pub fn open(folder: &Path) -> Result<Self, String> {
        make(&folder.join(SPOOL))?;
        let path = folder.join("lock");
        let lock = File::create(&path).map_err(|error| at(&path, &error))?;
        lock.try_lock().map_err(|_| format!("another agent runs with `{}`", folder.display()))?;
        Ok(Self { _lock: Some(lock), ..Self::look(folder)? })
    }

    /// The same, only to look at.
    ///
    /// # Errors
    ///
    /// When the counters cannot be read.
    pub fn look(folder: &Path) -> Result<Self, String> {
        let path = folder.join(COUNTERS);
        let counters = match std::fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|error| at(&path, &error))?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Counters::default(),
            Err(error) => return Err(at(&path, &error)),
        };
        Ok(Self { folder: folder.to_path_buf(), counters, most: SPOOLED, _lock: None })
    }

    /// The counters.
    #[must_use]
    pub const fn counters(&self) -> &Counters {
        &self.counters
    }

    fn save(&self) -> Result<(), String> {
        let text = serde_json::to_vec(&self.counters).map_err(|error| error.to_string())?;
        write(&self.folder.join(COUNTERS), &text)
    }

    /// A number larger than any before: the time in microseconds, or one more than the last.
    ///
    /// # Errors
    ///
    /// When it cannot be kept.
    pub fn next_request(&mut self, now_micros: i64) -> Result<i64, String> {
        self.counters.request = now_micros.max(self.counters.request + 1);
        self.save()?;
        Ok(self.counters.request)
    }

    /// An order is about to be carried out: it is not carried out again, whatever happens.
    ///
    /// # Errors
    ///
    /// When it cannot be kept.
    pub fn note_order(&mut self, order: i64) -> Result<(), String> {
        self.counters.order = order;
        self.save()
    }

    /// Keeps evidence until the server has it. Where it does not fit, the oldest goes, and is counted.
    ///
    /// # Errors
    ///
    /// When it cannot be kept.
    pub fn spool(&mut self, evidence: &[u8], now_micros: i64) -> Result<i64, String> {
        let number = now_micros.max(self.counters.evidence + 1);
        self.counters.evidence = number;
        let mut waiting = self.waiting()?;
        let mut bytes: u64 = waiting.iter().map(|one| one.bytes).sum::<u64>() + evidence.len() as u64;
        while bytes > self.most && !waiting.is_empty() {
            let oldest = waiting.remove(0);
            bytes -= oldest.bytes;
            self.counters.dropped += 1;
            self.drop(&oldest)?;
        }
        self.save()?;
        write(&self.folder.join(SPOOL).join(format!("{number:020}.json")), evidence)?;
        Ok(number)
    }

    /// Evidence that waits, oldest first.
    ///
    /// # Errors
    ///
    /// When the spool cannot be read.
    pub fn waiting(&self) -> Result<Vec<Waiting>, String> {
        let folder = self.folder.join(SPOOL);
        let mut out = Vec::new();
        for entry in std::fs::read_dir(&folder).map_err(|error| at(&folder, &error))? {
            let entry = entry.map_err(|error| at(&folder, &error))?;
            let name = entry.file_name();
            let Some(number) = name.to_str().and_then(|name| name.strip_suffix(".json")?.parse().ok()) else {
                continue;
            };
            let bytes = entry.metadata().map_err(|error| at(&entry.path(), &error))?.len();
            out.push(Waiting { number, path: entry.path(), bytes });
        }
        out.sort_by_key(|one| one.number);
        Ok(out)
    }

    /// The server has it, or cannot take it.
    ///
    /// # Errors
    ///
    /// When it cannot be removed.
    pub fn drop(&self, waiting: &Waiting) -> Result<(), String> {
        std::fs::remove_file(&waiting.path).map_err(|error| at(&waiting.path, &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_waits_in_its_order_and_survives_a_start() {
        let folder = tempfile::tempdir().unwrap();
        let mut state = State::open(folder.path()).unwrap();
        assert!(State::open(folder.path()).unwrap_err().contains("another agent runs"));
        let first = state.spool(b"one", 1000).unwrap();
        // The clock went back.
        let second = state.spool(b"two", 10).unwrap();
        assert!(second > first);
        assert!(state.next_request(5).unwrap() < state.next_request(1).unwrap());
        state.note_order(9).unwrap();
        drop(state);
        let state = State::open(folder.path()).unwrap();
        assert_eq!(state.counters().order, 9);
        let waiting = state.waiting().unwrap();
        assert_eq!(waiting.iter().map(|one| one.number).collect::<Vec<_>>(), [first, second]);
        assert_eq!(std::fs::read(&waiting[0].path).unwrap(), b"one");
        state.drop(&waiting[0]).unwrap();
        assert_eq!(state.waiting().unwrap().len(), 1);
    }

    #[test]
    fn a_full_spool_keeps_the_newest_and_counts_the_rest() {
        let folder = tempfile::tempdir().unwrap();
        let mut state = State::open(folder.path()).unwrap();
        state.most = 10;
        for number in 1..=5 {
            state.spool(b"12345", number).unwrap();
        }
        let waiting = state.waiting().unwrap();
        assert_eq!(waiting.iter().map(|one| one.number).collect::<Vec<_>>(), [4, 5]);
        assert_eq!(state.counters().dropped, 3);
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_the_key() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("agent");
        assert!(identity(&inner).unwrap_err().contains("castellan agent enrol"));
        let known = Identity {
            server: "https://castellan.example.com".into(),
            agent: 1,
            server_key: String::new(),
            deployment: "Shop".into(),
            authorities: Vec::new(),
            settings: None,
            settings_deployment: None,
        };
        let key = super::key(&inner).unwrap();
        enrol(&inner, &known).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&inner), mode(&inner.join(KEY))), (0o700, 0o600));
        let (read, again) = identity(&inner).unwrap();
        assert_eq!((read, again.public()), (known, key.public()));
        std::fs::write(inner.join(KEY), "x").unwrap();
        assert!(identity(&inner).unwrap_err().contains("agent.key"));
    }
}
