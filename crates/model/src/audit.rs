//! The result of one scan: what was found, what was accepted, and what could not be looked at.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Finding, Series, Severity};

/// One Odoo module that was scanned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ModuleSummary {
    /// Technical name: the name of its folder.
    pub name: String,
    /// Folder, relative to the scanned path.
    pub path: String,
    /// Release series, from the manifest unless it was given.
    pub series: Series,
    /// Version as the manifest says it.
    pub version: String,
    /// Lines of Python, XML, CSV and JavaScript that were read.
    pub lines: u64,
}

/// A source of configuration that was found and read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct SourceSummary {
    /// `odoo`, `proxy`, `postgresql`, `service`, `process`, `compose`.
    pub kind: String,
    /// Path on the host.
    pub path: String,
    /// What it is.
    pub detail: String,
}

/// Why something was not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum NotAssessedKind {
    /// The file could not be read.
    Unreadable,
    /// The text is not in an encoding that can be read.
    Encoding,
    /// The file breaks the grammar of its language.
    Syntax,
    /// The file is written in Python 2.
    Python2,
    /// Nested deeper than the limit.
    Nesting,
    /// Larger than the limit.
    Size,
    /// An archive that breaks a limit or its own format.
    Archive,
    /// A core module of Odoo, skipped unless asked for.
    CoreModule,
    /// A third-party library or minified file.
    Vendored,
    /// A source that is not there: its rules say nothing.
    Absent,
}

/// Something that was not looked at; it never counts as clean.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct NotAssessed {
    /// Path, relative to the scanned path.
    pub path: String,
    /// Why.
    pub kind: NotAssessedKind,
    /// The reason in words, with line and column where there is one.
    pub reason: String,
}

/// What accepted a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "by")]
pub enum SuppressedBy {
    /// A comment in the source.
    Comment {
        /// Line of the comment.
        line: u32,
    },
    /// An entry of the settings.
    Settings,
    /// The baseline file.
    Baseline,
}

/// A finding that somebody accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Suppressed {
    /// What was accepted.
    pub finding: Finding,
    /// By what.
    pub suppressed_by: SuppressedBy,
    /// The reason given.
    pub reason: String,
}

/// A suppression comment of another tool. It changes nothing here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ForeignMarker {
    /// Path, relative to the scanned path.
    pub path: String,
    /// Line, from 1.
    pub line: u32,
    /// The marker as written.
    pub marker: String,
    /// Ids of Castellan's findings on that line: not empty means that we do not agree with the marker.
    pub disagrees: Vec<String>,
}

/// The result of one scan. This is the JSON report, format 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditReport {
    /// Version of this format: 1.
    pub format: u32,
    /// Version of Castellan.
    pub castellan: String,
    /// What was scanned, as given.
    pub targets: Vec<String>,
    /// The modules that were scanned.
    pub modules: Vec<ModuleSummary>,
    /// Sources of configuration that were found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceSummary>,
    /// Files that were read.
    pub files: u64,
    /// Lines that were read.
    pub lines: u64,
    /// The open findings, in the order of the files.
    pub findings: Vec<Finding>,
    /// Findings that somebody accepted, each with the reason.
    pub suppressed: Vec<Suppressed>,
    /// Suppression comments of other tools.
    pub foreign_markers: Vec<ForeignMarker>,
    /// What could not be looked at.
    pub not_assessed: Vec<NotAssessed>,
    /// Number of rules that ran.
    pub rules: u64,
}

impl AuditReport {
    /// The worst severity among the open findings.
    #[must_use]
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|finding| finding.severity).max()
    }

    /// How many open findings have this severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}
