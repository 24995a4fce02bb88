//! Credentials at rest: each is sealed with a key of its own (AES-256-GCM), and that key with a master key that is not in the database.

use std::path::{Path, PathBuf};

use aws_lc_rs::aead::{AES_256_GCM, Aad, RandomizedNonceKey};
use data_encoding::{BASE64, HEXLOWER};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use sha2::{Digest, Sha256};

/// Bytes of a key.
const LENGTH: usize = 32;
/// Bytes of the nonce before what it sealed.
const NONCE: usize = 12;

/// Why something was not sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or made.
    #[error("the master key `{path}`: {reason}")]
    File {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// It is no key.
    #[error("{0} holds no master key: 32 bytes in Base64 are needed (`openssl rand -base64 32` makes one)")]
    NoKey(String),
    /// The command that gives it failed.
    #[error("the command for the master key `{command}`: {reason}")]
    Command {
        /// The command.
        command: String,
        /// Why.
        reason: String,
    },
    /// Another key sealed it.
    #[error(
        "it was sealed with the master key {0}, which this server does not have; give the old key with CASTELLAN_OLD_MASTER_KEY_FILE"
    )]
    Unknown(String),
    /// It was changed since.
    #[error("a sealed credential is damaged, or was moved from another place")]
    Damaged,
}

/// A master key with its name: the start of its hash.
#[derive(Debug)]
struct Key {
    name: String,
    bytes: SecretBox<[u8; LENGTH]>,
}

/// The master key, and old ones that still open.
#[derive(Debug)]
pub struct Master {
    newest: Key,
    old: Vec<Key>,
}

/// Where the master key comes from.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// A file, which is made when it is not there.
    File(PathBuf),
    /// Base64 in a variable of the environment.
    Text(SecretString, String),
    /// A command of a key service that prints it in Base64.
    Command(String),
}

/// Something sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// The name of the master key.
    pub master: String,
    /// The key of its own, sealed with the master key.
    pub data_key: Vec<u8>,
    /// The thing, sealed with its own key.
    pub sealed: Vec<u8>,
}

impl Sealed {
    /// As one column holds it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(&(&self.master, &self.data_key, &self.sealed)).unwrap_or_default()
    }

    /// What [`Self::to_bytes`] made; none: it is damaged.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (master, data_key, sealed) = serde_json::from_slice(bytes).ok()?;
        Some(Self { master, data_key, sealed })
    }
}

fn random() -> Result<Zeroizing<[u8; LENGTH]>, KeyError> {
    let mut bytes = Zeroizing::new([0; LENGTH]);
    getrandom::fill(bytes.as_mut()).map_err(|_| KeyError::Damaged)?;
    Ok(bytes)
}

fn seal(key: &[u8; LENGTH], context: &str, text: &[u8]) -> Result<Vec<u8>, KeyError> {
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| KeyError::Damaged)?;
    let mut sealed = Zeroizing::new(text.to_vec());
    let nonce =
        key.seal_in_place_append_tag(Aad::from(context.as_bytes()), &mut *sealed).map_err(|_| KeyError::Damaged)?;
    let mut out = nonce.as_ref().to_vec();
    out.extend_from_slice(&sealed);
    Ok(out)
}

fn open(key: &[u8; LENGTH], context: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let (nonce, sealed) = sealed.split_at_checked(NONCE).ok_or(KeyError::Damaged)?;
    let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| KeyError::Damaged)?;
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| KeyError::Damaged)?;
    let mut bytes = Zeroizing::new(sealed.to_vec());
    let length = key
        .open_in_place(aws_lc_rs::aead::Nonce::assume_unique_for_key(nonce), Aad::from(context.as_bytes()), &mut bytes)
        .map_err(|_| KeyError::Damaged)?
        .len();
    bytes.truncate(length);
    Ok(bytes)
}

impl Key {
    fn read(text: &str, place: &str) -> Result<Self, KeyError> {
        let decoded =
            Zeroizing::new(BASE64.decode(text.trim().as_bytes()).map_err(|_| KeyError::NoKey(place.to_owned()))?);
        let bytes: [u8; LENGTH] = decoded.as_slice().try_into().map_err(|_| KeyError::NoKey(place.to_owned()))?;
        Ok(Self::of(bytes))
    }

    fn of(bytes: [u8; LENGTH]) -> Self {
        let name = HEXLOWER.encode(&Sha256::digest(bytes)).chars().take(12).collect();
        Self { name, bytes: SecretBox::new(Box::new(bytes)) }
    }
}

impl KeySource {
    fn load(&self) -> Result<Key, KeyError> {
        match self {
            Self::Text(text, variable) => Key::read(text.expose_secret(), variable),
            Self::File(path) => from_file(path),
            Self::Command(command) => {
                let failed = |reason: String| KeyError::Command { command: command.clone(), reason };
                let done = std::process::Command::new("sh")
                    .args(["-c", command])
                    .stdin(std::process::Stdio::null())
                    .output()
                    .map_err(|error| failed(error.to_string()))?;
                if !done.status.success() {
                    return Err(failed(format!("it ended with {}", done.status)));
                }
                let text = Zeroizing::new(String::from_utf8_lossy(&done.stdout).into_owned());
                Key::read(&text, &format!("what `{command}` prints"))
            }
        }
    }
}

/// Reads the file; makes it when it is not there.
fn from_file(path: &Path) -> Result<Key, KeyError> {
    let failed = |reason: String| KeyError::File { path: path.display().to_string(), reason };
    match std::fs::read_to_string(path) {
        Ok(text) => Key::read(&Zeroizing::new(text), &format!("`{}`", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let bytes = random()?;
            let text = Zeroizing::new(format!("{}\n", BASE64.encode(bytes.as_ref())));
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(|error| failed(error.to_string()))?;
            }
            write_private(path, text.as_bytes()).map_err(|error| failed(error.to_string()))?;
            Ok(Key::of(*bytes))
        }
        Err(error) => Err(failed(error.to_string())),
    }
}

/// Writes a new file that only its owner reads.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

impl Master {
    /// The key of a source, and those that it took the place of.
    ///
    /// # Errors
    ///
    /// When one of them cannot be had.
    pub fn load(newest: &KeySource, old: &[KeySource]) -> Result<Self, KeyError> {
        Ok(Self { newest: newest.load()?, old: old.iter().map(KeySource::load).collect::<Result<_, _>>()? })
    }

    /// A key for tests and tries, forgotten with the process.
    ///
    /// # Errors
    ///
    /// When the system gives no random bytes.
    pub fn random() -> Result<Self, KeyError> {
        Ok(Self { newest: Key::of(*random()?), old: Vec::new() })
    }

    /// The name of the key that seals.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.newest.name
    }

    fn named(&self, name: &str) -> Result<&Key, KeyError> {
        std::iter::once(&self.newest)
            .chain(&self.old)
            .find(|key| key.name == name)
            .ok_or_else(|| KeyError::Unknown(name.to_owned()))
    }

    /// Seals. What is sealed opens in the same `context` only, so that nothing is moved to another place.
    ///
    /// # Errors
    ///
    /// When the system gives no random bytes.
    pub fn seal(&self, context: &str, text: &SecretString) -> Result<Sealed, KeyError> {
        let own = random()?;
        Ok(Sealed {
            master: self.newest.name.clone(),
            data_key: seal(self.newest.bytes.expose_secret(), context, own.as_ref())?,
            sealed: seal(&own, context, text.expose_secret().as_bytes())?,
        })
    }

    /// Opens what was sealed in the same context.
    ///
    /// # Errors
    ///
    /// When the master key is another one, or it was changed.
    pub fn open(&self, context: &str, sealed: &Sealed) -> Result<SecretString, KeyError> {
        let own = self.data_key(context, sealed)?;
        let text = open(&own, context, &sealed.sealed)?;
        let text = std::str::from_utf8(&text).map_err(|_| KeyError::Damaged)?;
        Ok(SecretString::from(text.to_owned()))
    }

    fn data_key(&self, context: &str, sealed: &Sealed) -> Result<Zeroizing<[u8; LENGTH]>, KeyError> {
        let master = self.named(&sealed.master)?;
        let own = open(master.bytes.expose_secret(), context, &sealed.data_key)?;
        Ok(Zeroizing::new(own.as_slice().try_into().map_err(|_| KeyError::Damaged)?))
    }

    /// Seals the key of its own with the newest master key; none: it is so already.
    ///
    /// # Errors
    ///
    /// When the old master key is not there, or it was changed.
    pub fn rotate(&self, context: &str, sealed: &Sealed) -> Result<Option<Sealed>, KeyError> {
        if sealed.master == self.newest.name {
            return Ok(None);
        }
        let own = self.data_key(context, sealed)?;
        let data_key = seal(self.newest.bytes.expose_secret(), context, own.as_ref())?;
        Ok(Some(Sealed { master: self.newest.name.clone(), data_key, sealed: sealed.sealed.clone() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> SecretString {
        SecretString::from("s3cret of the client".to_owned())
    }

    #[test]
    fn what_is_sealed_opens_at_its_place_only() {
        let master = Master::random().unwrap();
        let sealed = master.seal("deployment 7/rpc", &secret()).unwrap();
        assert!(!sealed.sealed.windows(6).any(|part| part == b"s3cret"));
        assert_eq!(master.open("deployment 7/rpc", &sealed).unwrap().expose_secret(), "s3cret of the client");
        assert_eq!(master.open("deployment 8/rpc", &sealed).unwrap_err(), KeyError::Damaged);
        let mut changed = sealed.clone();
        *changed.sealed.last_mut().unwrap() ^= 1;
        assert_eq!(master.open("deployment 7/rpc", &changed).unwrap_err(), KeyError::Damaged);
        assert!(matches!(Master::random().unwrap().open("deployment 7/rpc", &sealed), Err(KeyError::Unknown(_))));
    }

    #[test]
    fn a_new_master_key_takes_over() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("first"), folder.path().join("second"));
        let sealed = Master::load(&KeySource::File(first.clone()), &[]).unwrap().seal("c", &secret()).unwrap();
        let both = Master::load(&KeySource::File(second.clone()), &[KeySource::File(first)]).unwrap();
        let moved = both.rotate("c", &sealed).unwrap().unwrap();
        assert!(both.rotate("c", &moved).unwrap().is_none());
        let only = Master::load(&KeySource::File(second), &[]).unwrap();
        assert_eq!(only.open("c", &moved).unwrap().expose_secret(), "s3cret of the client");
        assert!(only.open("c", &sealed).is_err());
    }

    #[test]
    fn what_is_no_key_is_said() {
        let wrong = KeySource::Text(SecretString::from("abc".to_owned()), "CASTELLAN_MASTER_KEY".to_owned());
        assert!(
            Master::load(&wrong, &[]).unwrap_err().to_string().contains("CASTELLAN_MASTER_KEY holds no master key")
        );
        let failing = KeySource::Command("exit 3".to_owned());
        assert!(Master::load(&failing, &[]).unwrap_err().to_string().contains("exit 3"));
    }
}
