//! Released modules of others: the newest version of each series, when it changed last, who maintains it, and the files of the release.
//!
//! The index is a JSON file that an agency or a community makes from its releases (`castellan update --index FOLDER` makes one from wheels)
//! and that `castellan update --from` takes in:
//!
//! ```json
//! {"date": "2026-11-20", "modules": {"web_responsive": {"releases": {"17.0": {
//!   "version": "17.0.1.2.0", "changed": "2026-10-01", "maintainers": ["name"],
//!   "files": {"__manifest__.py": "sha256 in hexadecimal"}}}}}}
//! ```

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Released modules by technical name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModuleIndex {
    /// The day of the index.
    pub date: String,
    /// By technical name.
    pub modules: BTreeMap<String, KnownModule>,
}

/// One module.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct KnownModule {
    /// By series: `17.0`.
    pub releases: BTreeMap<String, Release>,
}

/// The newest release for a series.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Release {
    /// `17.0.1.2.0`.
    pub version: String,
    /// Day of the last change; empty: not known.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub changed: String,
    /// Who looks after it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub maintainers: Vec<String>,
    /// SHA-256 in hexadecimal by path inside the module.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
}

impl ModuleIndex {
    /// The release of a module for a series.
    #[must_use]
    pub fn release(&self, module: &str, series: &str) -> Option<&Release> {
        self.modules.get(module)?.releases.get(series)
    }

    /// Adds another index: its releases replace those of the same module and series.
    pub fn merge(&mut self, other: Self) {
        self.date = std::mem::take(&mut self.date).max(other.date);
        for (name, module) in other.modules {
            self.modules.entry(name).or_default().releases.extend(module.releases);
        }
    }
}

/// The series of a module's version: `17.0.1.2.0` is of `17.0`.
#[must_use]
pub fn series_of(version: &str) -> Option<String> {
    let mut parts = version.split('.');
    let (major, minor) = (parts.next()?, parts.next()?);
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    // Three further numbers: `17.0.1.2.0`, and not `1.2.0`.
    (is_number(major) && is_number(minor) && parts.count() >= 1 && major.parse::<u32>().is_ok_and(|major| major >= 8))
        .then(|| format!("{major}.{minor}"))
}
