//! The nouns of Castellan: what a rule is, what a finding says, where it points, how bad and how sure it is.
//!
//! Nothing here reads a file, a clock or the network. Every type serialises, so that a finding can travel to a
//! report, a store or a test unchanged.

mod audit;
pub mod calendar;
mod checklist;
pub mod core_modules;
mod finding;
mod fix;
mod page;
mod rule;
mod score;
mod series;
mod severity;
mod text;
mod versions;

pub use audit::{
    AuditReport, Check, CheckOutcome, DeploymentSummary, ForeignMarker, Grade, InstanceSummary, ModuleSummary,
    NotAssessed, NotAssessedKind, SiteSummary, SourceSummary, Suppressed, SuppressedBy,
};
pub use checklist::{Answer, AttackPath, AttackStep, ChecklistLine, ControlAnswer, PlanStep, Reach};
pub use finding::{Adjusted, Excerpt, Finding, FlowStep, Location, Position, Record, Related, Span, fingerprint};
pub use fix::{Change, Fix};
pub use page::{Example, Page, Rule, RuleDoc};
pub use rule::{Group, RuleMeta, Stage};
pub use score::{Deduction, GRADES, LineScore, Score, ScoredLine, grade, score};
pub use series::{ParseSeriesError, Series, SeriesRange};
pub use severity::{Confidence, Persona, Severity};
pub use text::{Range, TextFile};
pub use versions::{
    AdvisoryAnswer, AdvisoryStatus, ComponentCounts, OdooVersion, SupportDate, VersionSummary, VulnerableComponent,
};
