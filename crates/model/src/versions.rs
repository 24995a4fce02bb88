//! What has a version, until when it is mended, and how advisories stand.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Severity;

/// The versions of one host, folder or database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VersionSummary {
    /// What was looked at: `this host`, a folder, a database.
    pub subject: String,
    /// The day of the advisories about Odoo: `2026-11-22`.
    pub data: String,
    /// Installations of Odoo.
    pub odoo: Vec<OdooVersion>,
    /// Products whose support has a date, the distribution among them.
    pub support: Vec<SupportDate>,
    /// What has a version, by kind.
    pub components: ComponentCounts,
    /// Components with a known weakness, by kind.
    pub vulnerable: ComponentCounts,
    /// Each of those.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub weak: Vec<VulnerableComponent>,
}

impl VersionSummary {
    /// Nothing but modules was found, and none of them is in an advisory.
    #[must_use]
    pub const fn is_only_modules(&self) -> bool {
        self.odoo.is_empty()
            && self.support.is_empty()
            && self.components.python == 0
            && self.components.system == 0
            && self.components.javascript == 0
            && self.vulnerable.modules == 0
    }
}

/// How many components there are of each kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ComponentCounts {
    /// Modules of Odoo that are not Odoo's own.
    pub modules: u64,
    /// Python packages.
    pub python: u64,
    /// Packages of the system.
    pub system: u64,
    /// JavaScript libraries.
    pub javascript: u64,
}

/// A component with a known weakness.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VulnerableComponent {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Where it is.
    pub place: String,
    /// Advisories: CVE numbers where there are.
    pub ids: Vec<String>,
    /// Least version in which all of them are fixed; empty: there is none, or none is known.
    pub fixed: String,
}

/// One installation of Odoo.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OdooVersion {
    /// Where its version stands.
    pub place: String,
    /// `17.0`.
    pub series: String,
    /// Day of the build; none: nothing tells it.
    pub built: Option<String>,
    /// What tells the day.
    pub built_from: String,
    /// Fixes come until the end of this month; empty: not known.
    pub until: String,
    /// They have ended.
    pub ended: bool,
    /// Every advisory about this series.
    pub advisories: Vec<AdvisoryAnswer>,
}

/// How an advisory stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AdvisoryAnswer {
    /// CVE, or the number of the vendor.
    pub id: String,
    /// In a few words.
    pub title: String,
    /// How bad it is.
    pub severity: Severity,
    /// Whether it concerns this installation.
    pub status: AdvisoryStatus,
    /// Why, in a sentence: the signal that decided.
    pub reason: String,
}

/// Whether an advisory concerns an installation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AdvisoryStatus {
    /// The weakness is there.
    Affected,
    /// The build is from the months before the advisory, in which it was fixed on a day that nobody told.
    LikelyAffected,
    /// Nothing tells.
    CannotTell,
    /// It is mended.
    Fixed,
    /// It cannot be reached: not installed, another edition.
    NotAffected,
}

impl AdvisoryStatus {
    /// Every status, the worst first.
    pub const ALL: [Self; 5] = [Self::Affected, Self::LikelyAffected, Self::CannotTell, Self::Fixed, Self::NotAffected];

    /// For people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Affected => "affected",
            Self::LikelyAffected => "likely affected",
            Self::CannotTell => "cannot tell",
            Self::Fixed => "fixed",
            Self::NotAffected => "not affected",
        }
    }
}

/// Until when a product is mended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SupportDate {
    /// `PostgreSQL`.
    pub product: String,
    /// Version that is here.
    pub version: String,
    /// Where it is seen.
    pub place: String,
    /// Last day; empty: not known.
    pub until: String,
    /// It has ended.
    pub ended: bool,
    /// The distribution that mends it also after its makers do not; empty: none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub mended_by: String,
    /// Paid or community support goes on until this day; empty: none.
    pub extended: String,
}
