//! A reversible change that removes a finding, as data: nothing here touches a file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "change")]
pub enum Change {
    /// Replaces bytes of a text file. `start` equal to `end` inserts.
    Replace {
        /// Path on the host.
        path: String,
        /// First byte.
        start: u32,
        /// One past the last byte.
        end: u32,
        /// New text.
        text: String,
    },
    /// Writes a new file.
    Create {
        /// Path on the host.
        path: String,
        /// Content.
        text: String,
        /// Permission bits.
        mode: u32,
    },
    /// Changes permission bits.
    Mode {
        /// Path on the host.
        path: String,
        /// New permission bits.
        mode: u32,
    },
    /// Replaces a clear-text master password by its hash in Odoo's own format; the password stays the same.
    HashPassword {
        /// Path on the host.
        path: String,
        /// First byte of the password.
        start: u32,
        /// One past its last byte.
        end: u32,
    },
    /// Replaces a master password by the hash of a new random one, which is shown once.
    NewPassword {
        /// Path on the host.
        path: String,
        /// First byte of what is replaced.
        start: u32,
        /// One past its last byte.
        end: u32,
        /// Text in front of the hash, for an option that is not there yet.
        before: String,
        /// Text behind the hash.
        after: String,
    },
}

impl Change {
    /// The path that it changes.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Replace { path, .. }
            | Self::Create { path, .. }
            | Self::Mode { path, .. }
            | Self::HashPassword { path, .. }
            | Self::NewPassword { path, .. } => path,
        }
    }
}

/// How a finding is removed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Fix {
    /// What it does, in a few words.
    pub title: String,
    /// The changes.
    pub changes: Vec<Change>,
    /// What the reader must know or do before or after, such as a restart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// It may lock somebody out: it is taken back unless confirmed.
    #[serde(default)]
    pub reverts_unless_confirmed: bool,
}
