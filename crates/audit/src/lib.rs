//! One audit from end to end: settings, the scan, what was accepted, what is left.

mod baseline;
mod run;
mod settings;
mod suppress;
mod targets;

pub use baseline::{Baseline, BaselineError};
pub use run::{AuditError, AuditOptions, audit, look_at_hosts};
pub use settings::{EXAMPLE, RawSettings, Settings, SettingsError, find, load, schema};
pub use targets::{HostTarget, Look, Targets};

/// Every rule of every part, for the reference, the reports and the settings.
#[must_use]
pub fn catalogue() -> Vec<castellan_model::RuleDoc> {
    let mut all = castellan_code::rules::docs();
    all.extend(castellan_config::rules::docs());
    all
}
