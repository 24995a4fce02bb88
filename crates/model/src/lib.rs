//! The nouns of Castellan: what a rule is, what a finding says, where it points, how bad and how sure it is.
//!
//! Nothing here reads a file, a clock or the network. Every type serialises, so that a finding can travel to a
//! report, a store or a test unchanged.

mod audit;
pub mod calendar;
pub mod core_modules;
mod finding;
mod fix;
mod page;
mod rule;
mod series;
mod severity;
mod text;
mod versions;

pub use audit::{
    AuditReport, Check, CheckOutcome, ForeignMarker, Grade, InstanceSummary, ModuleSummary, NotAssessed,
    NotAssessedKind, SiteSummary, SourceSummary, Suppressed, SuppressedBy,
};
pub use finding::{Excerpt, Finding, FlowStep, Location, Position, Record, Related, Span, fingerprint};
pub use fix::{Change, Fix};
pub use page::{Example, Page, Rule, RuleDoc};
pub use rule::{Group, RuleMeta, Stage};
pub use series::{ParseSeriesError, Series, SeriesRange};
pub use severity::{Confidence, Persona, Severity};
pub use text::{Range, TextFile};
pub use versions::{
    AdvisoryAnswer, AdvisoryStatus, ComponentCounts, OdooVersion, SupportDate, VersionSummary, VulnerableComponent,
};
