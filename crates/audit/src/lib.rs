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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::catalogue;

    #[test]
    fn ids_and_codes_are_unique_over_all_parts() {
        let all = catalogue();
        assert_eq!(all.iter().map(|rule| rule.meta.id).collect::<BTreeSet<_>>().len(), all.len());
        assert_eq!(all.iter().map(|rule| rule.meta.code).collect::<BTreeSet<_>>().len(), all.len());
    }

    #[test]
    fn the_reference_documents_what_is_registered_and_nothing_else() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules");
        let pages: BTreeSet<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        let ids: BTreeSet<String> = catalogue().iter().map(|rule| rule.meta.id.to_owned()).collect();
        assert_eq!(pages, ids);
    }
}
