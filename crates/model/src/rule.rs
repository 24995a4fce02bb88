//! What is fixed about a rule: its name, its weight and where the idea comes from.

use crate::{Confidence, Persona, SeriesRange, Severity};
use serde::Serialize;

/// The chapter that a rule belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// Database statements.
    Sql,
    /// Code execution and interpreters.
    Execution,
    /// Routes and HTTP.
    Web,
    /// Access control in Python.
    Access,
    /// Access rows, record rules, groups and data files.
    Data,
    /// QWeb, mail and reports.
    Template,
    /// JavaScript and OWL.
    JavaScript,
    /// Python in general.
    Python,
    /// Odoo's own configuration.
    Odoo,
    /// The proxy in front of Odoo.
    Proxy,
    /// PostgreSQL.
    Postgres,
    /// Service units and processes.
    Service,
    /// Containers.
    Container,
    /// The host around it.
    Host,
    /// What the outside sees of an Odoo.
    Outside,
    /// Headers, cookies and redirects.
    Headers,
    /// TLS and certificates.
    Tls,
    /// Names and mail.
    Names,
    /// Users and log-in of a live database.
    Users,
    /// API keys of a live database.
    Keys,
    /// Groups, access rights and record rules of a live database.
    Rights,
    /// Jobs and code in a live database.
    Jobs,
    /// Settings of a live database.
    Settings,
    /// Installed modules.
    Modules,
    /// PostgreSQL as it works, through SQL.
    Server,
    /// Versions and advisories.
    Versions,
    /// Findings of several sources, joined.
    Joined,
    /// Castellan's own markers.
    Castellan,
}

impl Group {
    /// All groups in the order of the reference.
    pub const ALL: [Self; 28] = [
        Self::Sql,
        Self::Execution,
        Self::Web,
        Self::Access,
        Self::Data,
        Self::Template,
        Self::JavaScript,
        Self::Python,
        Self::Odoo,
        Self::Proxy,
        Self::Postgres,
        Self::Service,
        Self::Container,
        Self::Host,
        Self::Outside,
        Self::Headers,
        Self::Tls,
        Self::Names,
        Self::Users,
        Self::Keys,
        Self::Rights,
        Self::Jobs,
        Self::Settings,
        Self::Modules,
        Self::Server,
        Self::Versions,
        Self::Joined,
        Self::Castellan,
    ];

    /// The heading in the reference.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Sql => "SQL",
            Self::Execution => "Code execution and interpreters",
            Self::Web => "Routes and HTTP",
            Self::Access => "Access control in Python",
            Self::Data => "Access rows, record rules and data files",
            Self::Template => "QWeb, mail and reports",
            Self::JavaScript => "JavaScript and OWL",
            Self::Python => "Python in general",
            Self::Odoo => "Odoo's configuration",
            Self::Proxy => "Proxy in front of Odoo",
            Self::Postgres => "PostgreSQL",
            Self::Service => "Service and processes",
            Self::Container => "Containers",
            Self::Host => "Host",
            Self::Outside => "Odoo as the outside sees it",
            Self::Headers => "Headers, cookies and redirects",
            Self::Tls => "TLS and certificates",
            Self::Names => "Names and mail",
            Self::Users => "Users and log-in in the database",
            Self::Keys => "API keys in the database",
            Self::Rights => "Groups and rights in the database",
            Self::Jobs => "Jobs and code in the database",
            Self::Settings => "Settings in the database",
            Self::Modules => "Installed modules",
            Self::Server => "PostgreSQL at work",
            Self::Versions => "Versions and advisories",
            Self::Joined => "Findings joined",
            Self::Castellan => "Castellan's own markers",
        }
    }
}

/// How far a rule has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// New: shown only when asked for by name.
    Nursery,
    /// Part of every scan.
    Stable,
}

/// Everything about a rule that does not depend on the scanned code.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct RuleMeta {
    /// The bad thing in kebab-case. Never changes, never reused.
    pub id: &'static str,
    /// Short code such as `SQL001`. Never changes, never reused.
    pub code: &'static str,
    /// The chapter.
    pub group: Group,
    /// How bad, unless a finding says otherwise.
    pub severity: Severity,
    /// How sure, unless a finding says otherwise.
    pub confidence: Confidence,
    /// Who wants to see it.
    pub persona: Persona,
    /// How far it has come.
    pub stage: Stage,
    /// CWE number of the weakness.
    pub cwe: u16,
    /// The series in which it applies.
    #[serde(skip)]
    pub series: SeriesRange,
    /// The version of Castellan that brought it.
    pub since: &'static str,
}

impl RuleMeta {
    /// A stable rule for every series, high confidence, for everybody. The other methods narrow it.
    #[must_use]
    pub const fn new(id: &'static str, code: &'static str, group: Group, severity: Severity, cwe: u16) -> Self {
        Self {
            id,
            code,
            group,
            severity,
            confidence: Confidence::High,
            persona: Persona::Regular,
            stage: Stage::Stable,
            cwe,
            series: SeriesRange::ALL,
            since: "0.1.0",
        }
    }

    /// The same rule with another confidence.
    #[must_use]
    pub const fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// The same rule for another audience.
    #[must_use]
    pub const fn persona(mut self, persona: Persona) -> Self {
        self.persona = persona;
        self
    }

    /// The same rule for fewer series.
    #[must_use]
    pub const fn series(mut self, series: SeriesRange) -> Self {
        self.series = series;
        self
    }
}
