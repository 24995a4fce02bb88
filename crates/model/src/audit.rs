//! The result of one scan: what was found, what was accepted, and what could not be looked at.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{AttackPath, ChecklistLine, ControlAnswer, Finding, PlanStep, Score, Series, Severity, VersionSummary};

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
    /// Author as the manifest says it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub author: String,
    /// Licence as the manifest says it; empty: LGPL-3 by Odoo's rule.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub licence: String,
    /// Modules that it needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub depends: Vec<String>,
    /// Lines of Python, XML, CSV and JavaScript that were read.
    pub lines: u64,
    /// Files with tests.
    #[serde(default)]
    pub test_files: u64,
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

/// How a check of a site ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CheckOutcome {
    /// The weakness is there.
    Vulnerable,
    /// It is not.
    NotVulnerable,
    /// It makes no sense for this site.
    NotApplicable,
    /// Blocked, limited or not asked for.
    CouldNotTell,
}

/// One check of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Check {
    /// Id of the rule.
    pub rule: String,
    /// How it ended.
    pub outcome: CheckOutcome,
    /// Why it has no verdict; empty when it has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// A grade of a published scheme, with its arithmetic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Grade {
    /// The scheme: `MDN HTTP Observatory`, `SSL Labs`.
    pub scheme: String,
    /// The letter.
    pub grade: String,
    /// Points, where the scheme has them.
    pub score: i32,
    /// What gave or took points or capped the grade, a line each.
    pub reasons: Vec<String>,
}

/// A site that was looked at from outside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SiteSummary {
    /// As it was given: `https://erp.example.com`.
    pub site: String,
    /// What it is, in one line: `Odoo 17.0 (from /web/version)`.
    pub identity: String,
    /// Why it is taken for that, with how much each says: two points make an Odoo.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<String>,
    /// What else is known: protocols, certificate, hosting, dates; a line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<String>,
    /// The most that the scan was allowed: `A`, `B`, or the active tests that were asked for by name.
    pub consent: String,
    /// What kept the scan from being whole; empty for a whole one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<String>,
    /// How every check ended.
    pub checks: Vec<Check>,
    /// Grades of published schemes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grades: Vec<Grade>,
    /// Installed modules, where the site tells them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub modules: Vec<String>,
    /// Requests that were sent.
    pub requests: u32,
    /// Connections that were opened.
    pub connections: u32,
    /// Milliseconds that it took.
    pub milliseconds: u64,
}

impl SiteSummary {
    /// How many checks ended in a way.
    #[must_use]
    pub fn count(&self, outcome: CheckOutcome) -> usize {
        count(&self.checks, outcome)
    }

    /// Share of the checks that apply and have a verdict, in percent, rounded down. 100 when none applies.
    #[must_use]
    pub fn coverage(&self) -> usize {
        coverage(&self.checks)
    }
}

/// A live database that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InstanceSummary {
    /// Where: `https://erp.example.com`.
    pub source: String,
    /// Name of the database.
    pub database: String,
    /// What it is, in one line: `Odoo 19.0, 81 modules, 34 users`.
    pub identity: String,
    /// By which ways it was read: `JSON-2`, `SQL`.
    pub ways: Vec<String>,
    /// The account that read it.
    pub account: String,
    /// When, seconds since 1970.
    pub time: i64,
    /// What else is known, a line each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub facts: Vec<String>,
    /// What could not be read, and which right it needs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<String>,
    /// How every check ended.
    pub checks: Vec<Check>,
    /// Requests that were sent.
    pub requests: u32,
    /// Milliseconds that it took.
    pub milliseconds: u64,
}

impl InstanceSummary {
    /// How many checks ended in a way.
    #[must_use]
    pub fn count(&self, outcome: CheckOutcome) -> usize {
        count(&self.checks, outcome)
    }

    /// Share of the checks that apply and have a verdict, in percent, rounded down. 100 when none applies.
    #[must_use]
    pub fn coverage(&self) -> usize {
        coverage(&self.checks)
    }
}

fn count(checks: &[Check], outcome: CheckOutcome) -> usize {
    checks.iter().filter(|check| check.outcome == outcome).count()
}

fn coverage(checks: &[Check]) -> usize {
    let told = count(checks, CheckOutcome::Vulnerable) + count(checks, CheckOutcome::NotVulnerable);
    let all = told + count(checks, CheckOutcome::CouldNotTell);
    (told * 100).checked_div(all).unwrap_or(100)
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
    /// A site that was not reached, or that a limit or a gate kept from being looked at whole.
    Limited,
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
    /// Somebody who accepts the risk until a day.
    Accepted {
        /// Who.
        who: String,
        /// Last day.
        until: String,
    },
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

/// The installation that was audited.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DeploymentSummary {
    /// Name.
    pub name: String,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// `production`, `staging`, `test`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub environment: String,
    /// Words to find it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
}

/// The result of one scan. This is the JSON report, format 1.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditReport {
    /// Version of this format: 1.
    pub format: u32,
    /// Version of Castellan.
    pub castellan: String,
    /// When, seconds since 1970.
    #[serde(default)]
    pub time: i64,
    /// The installation, where `castellan.toml` names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deployment: Option<DeploymentSummary>,
    /// What was scanned, as given.
    pub targets: Vec<String>,
    /// The checklist, answered.
    #[serde(default)]
    pub checklist: Vec<ChecklistLine>,
    /// The same by controls of frameworks.
    #[serde(default)]
    pub controls: Vec<ControlAnswer>,
    /// The score.
    #[serde(default)]
    pub score: Score,
    /// What people with little access can reach, in how few steps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<AttackPath>,
    /// What to do, in which order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plan: Vec<PlanStep>,
    /// The modules that were scanned.
    pub modules: Vec<ModuleSummary>,
    /// Sources of configuration that were found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceSummary>,
    /// Sites that were looked at from outside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<SiteSummary>,
    /// Live databases that were read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instances: Vec<InstanceSummary>,
    /// What has a version, and how advisories stand.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<VersionSummary>,
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
