//! Three separate questions about a finding: how bad, how sure, who wants to see it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bad a weakness is when it is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing; no action is needed.
    Info,
    /// Hardening; needs other weaknesses to matter.
    Low,
    /// Harm under conditions that an attacker does not control.
    Medium,
    /// Direct harm to data or accounts by somebody with little access.
    High,
    /// Takes over the database, the server or every account.
    Critical,
}

impl Severity {
    /// All values, worst first.
    pub const ALL: [Self; 5] = [Self::Critical, Self::High, Self::Medium, Self::Low, Self::Info];

    /// The lower-case word used in every output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The number that code-scanning hosts read as `security-severity` (0.0 to 10.0, CVSS bands).
    #[must_use]
    pub const fn security_severity(self) -> &'static str {
        match self {
            Self::Info => "0.0",
            Self::Low => "3.0",
            Self::Medium => "5.5",
            Self::High => "8.0",
            Self::Critical => "9.5",
        }
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// How sure the analysis is that the finding is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// A place to look at; hidden by default.
    Low,
    /// More likely true than not.
    Medium,
    /// The whole path from an attacker to the weak place was seen.
    High,
}

impl Confidence {
    /// The lower-case word used in every output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl std::fmt::Display for Confidence {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// Who wants to see a finding. The default view shows `Regular` only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Persona {
    /// Everybody: a weakness to repair.
    Regular,
    /// People who also want hygiene.
    Pedantic,
    /// People who review everything by hand and want every place to look at.
    Auditor,
}

impl Persona {
    /// The lower-case word used in every output.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Regular => "regular",
            Self::Pedantic => "pedantic",
            Self::Auditor => "auditor",
        }
    }
}

impl std::fmt::Display for Persona {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}
