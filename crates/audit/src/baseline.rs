//! The findings that were there when somebody started: a list of fingerprints with what they were.

use std::path::Path;

use castellan_model::Finding;
use serde::{Deserialize, Serialize};

/// A baseline file.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// Version of the format: 1.
    pub format: u32,
    /// Why these findings are accepted.
    pub reason: String,
    /// The findings.
    pub findings: Vec<Entry>,
}

/// One accepted finding.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its identity.
    pub fingerprint: String,
    /// Rule, for people.
    pub rule: String,
    /// Path, for people.
    pub path: String,
}

/// A baseline that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// The file cannot be read or written.
    #[error("baseline `{path}`: {reason}")]
    File {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// The file is no baseline.
    #[error("baseline `{path}`, line {line}: {reason}; write it anew with `castellan scan --write-baseline`")]
    Invalid {
        /// The file.
        path: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
}

impl Baseline {
    /// A baseline of some findings.
    #[must_use]
    pub fn of(findings: &[Finding]) -> Self {
        let entry = |finding: &Finding| Entry {
            fingerprint: finding.fingerprint.clone(),
            rule: finding.rule.clone(),
            path: finding.location.path.clone(),
        };
        Self {
            format: 1,
            reason: "was there when the baseline was written".into(),
            findings: findings.iter().map(entry).collect(),
        }
    }

    /// Reads a baseline file.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or is no baseline.
    pub fn load(path: &Path) -> Result<Self, BaselineError> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|error| BaselineError::File { path: shown.clone(), reason: error.kind().to_string() })?;
        serde_json::from_str(&text).map_err(|error| BaselineError::Invalid {
            path: shown,
            line: error.line(),
            reason: error.to_string(),
        })
    }

    /// Writes the file.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), BaselineError> {
        let failed = |reason: String| BaselineError::File { path: path.display().to_string(), reason };
        let text = serde_json::to_string_pretty(self).map_err(|error| failed(error.to_string()))?;
        std::fs::write(path, text + "\n").map_err(|error| failed(error.kind().to_string()))
    }
}
