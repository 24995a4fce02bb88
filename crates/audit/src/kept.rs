//! Evidence as it is kept: what was collected, without passwords, so that tomorrow's rules can judge it again and an auditor can see it.

use std::collections::BTreeMap;
use std::path::Path;

use castellan_advisory::inventory::Inventory;
use castellan_code::scan::CodeScan;
use castellan_config::deployment::{Options, discover};
use castellan_config::host::live::open_root;
use castellan_config::scan::{ScanOptions as ConfigOptions, judge};
use data_encoding::BASE64;
use serde::{Deserialize, Serialize};

use crate::checklist::Collected;
use crate::gather::{Gathered, make_relative};
use crate::run::{AuditError, AuditOptions};
use crate::settings::Settings;

/// The newest format that is understood.
pub const FORMAT: u32 = 1;

/// Everything that an audit collected. Code is not kept: of it there are the findings, with the lines that show them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Kept {
    /// Version of the format.
    pub format: u32,
    /// Version of Castellan that collected it.
    pub castellan: String,
    /// When, seconds since 1970.
    pub time: i64,
    /// What was looked at.
    pub shown: Vec<String>,
    /// Hosts and files of configuration.
    pub hosts: Vec<KeptHost>,
    /// Code.
    pub code: CodeScan,
    /// Arguments with which `castellan fix` looks at the same files.
    #[serde(default)]
    pub fix: String,
    /// Sites.
    pub sites: Vec<castellan_probe::evidence::Evidence>,
    /// Databases.
    pub databases: Vec<castellan_instance::evidence::Evidence>,
    /// What has a version.
    pub inventories: Vec<Inventory>,
    /// What was looked at for the checklist.
    pub collected: Collected,
}

/// A host, as the bundle of `castellan collect`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct KeptHost {
    /// What it is.
    pub label: String,
    /// Paths are relative to a folder.
    pub relative: bool,
    /// The only files that were looked at; none: everything.
    pub only: Vec<String>,
    /// Folders of custom modules.
    pub addons: Vec<String>,
    /// The files of the bundle.
    pub files: BTreeMap<String, KeptFile>,
}

/// The content of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum KeptFile {
    /// UTF-8.
    Text(String),
    /// Anything else.
    Bytes {
        /// Base64.
        base64: String,
    },
}

impl KeptFile {
    /// As text where it is one.
    #[must_use]
    pub fn of(bytes: Vec<u8>) -> Self {
        String::from_utf8(bytes)
            .map_or_else(|error| Self::Bytes { base64: BASE64.encode(error.as_bytes()) }, Self::Text)
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        match self {
            Self::Text(text) => text.clone().into_bytes(),
            Self::Bytes { base64 } => BASE64.decode(base64.as_bytes()).unwrap_or_default(),
        }
    }
}

impl Kept {
    /// Nothing yet.
    #[must_use]
    pub fn new(time: i64) -> Self {
        Self { format: FORMAT, castellan: env!("CARGO_PKG_VERSION").to_owned(), time, ..Self::default() }
    }

    /// Reads it.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn read(text: &[u8]) -> Result<Self, String> {
        let kept: Self =
            serde_json::from_slice(text).map_err(|error| format!("it is no evidence of Castellan: {error}"))?;
        if kept.format > FORMAT {
            return Err(format!("it is of format {}, this Castellan knows {FORMAT}: use a newer one", kept.format));
        }
        Ok(kept)
    }

    /// Judges it by the rules of today. Code is as it was judged then.
    pub(crate) fn judge(&self, settings: &Settings, options: &AuditOptions) -> Result<Gathered, AuditError> {
        let (disabled, only) = (settings.disable.as_slice(), options.only.as_slice());
        let mut out = Gathered {
            shown: self.shown.clone(),
            code: self.code.clone(),
            inventories: self.inventories.clone(),
            collected: self.collected.clone(),
            fix: self.fix.clone(),
            ..Gathered::default()
        };
        for host in &self.hosts {
            let folder = tempfile::tempdir().map_err(|error| AuditError::Host(error.to_string()))?;
            for (name, file) in &host.files {
                write_below(folder.path(), name, &file.bytes()).map_err(AuditError::Host)?;
            }
            let seen = open_root(folder.path()).map_err(|denied| AuditError::Host(denied.to_string()))?;
            let discover_options =
                Options { files: host.only.clone(), series: options.series.or(settings.series), ..Options::default() };
            let how = ConfigOptions { discover: discover_options, disabled: disabled.to_vec(), only: only.to_vec() };
            let mut scan = judge(&discover(seen.as_ref(), &how.discover), &how);
            if host.relative {
                make_relative(&mut scan);
            }
            out.hosts.push(scan);
        }
        out.sites = self.sites.iter().map(|site| castellan_probe::site::of(site.clone(), disabled, only)).collect();
        out.databases = self
            .databases
            .iter()
            .map(|evidence| castellan_instance::instance::of(evidence.clone(), disabled, only))
            .collect();
        Ok(out)
    }
}

/// Writes a file of the bundle; names that lead out of it are refused.
fn write_below(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), String> {
    let path = Path::new(name);
    if path.components().any(|part| !matches!(part, std::path::Component::Normal(_))) {
        return Err(format!("`{name}` leads out of the bundle"));
    }
    let full = folder.join(path);
    if let Some(parent) = full.parent() {
        std::fs::create_dir_all(parent).map_err(|error| format!("`{name}`: {error}"))?;
    }
    std::fs::write(full, bytes).map_err(|error| format!("`{name}`: {error}"))
}
