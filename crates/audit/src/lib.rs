//! One audit from end to end: settings, the scan, what was accepted, what is left.

mod baseline;
mod changes;
mod checklist;
pub mod correlate;
mod diff;
mod draft;
mod endings;
mod gather;
mod instances;
mod kept;
mod own;
mod plan;
mod queries;
mod run;
mod settings;
mod sites;
mod suppress;
mod targets;
mod upgrade;
mod versions;

pub use baseline::{Baseline, BaselineError};
pub use changes::{Changes, changes};
pub use checklist::{Collected, LINES, Line, Need, controls_of, lines_of};
pub use diff::{Difference, diff};
pub use draft::draft;
pub use endings::{Ending, EndingKind, endings};
pub use instances::{InstanceContext, InstanceTarget, look_at_instance};
pub use kept::{Kept, KeptFile, KeptHost};
pub use own::{Facts, facts_schema, kinds, load as load_own_rules, test_rule};
pub use plan::REPAIRED_OVER_RPC;
pub use queries::queries;
pub use run::{AuditError, AuditOptions, audit, audit_and_keep, look_at_hosts, rejudge, report_of_sites};
pub use settings::{
    Deployment, EXAMPLE, RawSettings, RpcWay, Settings, SettingsError, find, load, parse as parse_settings, schema,
};
pub use sites::{SiteOptions, look_at_sites};
pub use targets::{HostTarget, Look, Targets};
pub use upgrade::upgrade;
pub use versions::{INVENTORY_FILE, take_stock};

/// Every rule of every part, for the reference, the reports and the settings.
#[must_use]
pub fn catalogue() -> Vec<castellan_model::RuleDoc> {
    let mut all = castellan_code::rules::docs();
    all.extend(castellan_config::rules::docs());
    all.extend(castellan_probe::rules::docs());
    all.extend(castellan_instance::rules::docs());
    all.extend(castellan_advisory::rules::docs());
    all.extend(correlate::rules::docs());
    all
}
