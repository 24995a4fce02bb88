//! One audit from end to end: settings, the scan, what was accepted, what is left.

mod baseline;
mod run;
mod settings;
mod suppress;

pub use baseline::{Baseline, BaselineError};
pub use run::{AuditError, AuditOptions, audit};
pub use settings::{EXAMPLE, RawSettings, Settings, SettingsError, find, load, schema};

/// Every rule of every part, for the reference, the reports and the settings.
#[must_use]
pub fn catalogue() -> Vec<castellan_model::RuleDoc> {
    castellan_code::rules::docs()
}
