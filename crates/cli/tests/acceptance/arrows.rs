//! Crates depend downwards only, as ARCHITECTURE.md says.

use std::collections::BTreeMap;

use cargo_metadata::{DependencyKind, MetadataCommand};

/// What each crate may use. A crate that is not named here fails the test: say where it stands.
const ALLOWED: [(&str, &[&str]); 17] = [
    ("castellan-model", &[]),
    ("castellan-code", &["castellan-model"]),
    ("castellan-config", &["castellan-model"]),
    ("castellan-probe", &["castellan-model"]),
    ("castellan-rpc", &[]),
    ("castellan-advisory", &["castellan-model"]),
    ("castellan-custom", &["castellan-model"]),
    ("castellan-instance", &["castellan-model", "castellan-rpc"]),
    (
        "castellan-audit",
        &[
            "castellan-model",
            "castellan-code",
            "castellan-config",
            "castellan-probe",
            "castellan-rpc",
            "castellan-instance",
            "castellan-advisory",
            "castellan-custom",
        ],
    ),
    ("castellan-report", &["castellan-model", "castellan-audit"]),
    ("castellan-store", &["castellan-model", "castellan-audit"]),
    ("castellan-fix", &["castellan-model", "castellan-config", "castellan-rpc", "castellan-instance"]),
    ("castellan-agent", &[]),
    (
        "castellan-server",
        &["castellan-model", "castellan-agent", "castellan-audit", "castellan-report", "castellan-store"],
    ),
    (
        "castellan-cli",
        &[
            "castellan-model",
            "castellan-config",
            "castellan-probe",
            "castellan-rpc",
            "castellan-instance",
            "castellan-advisory",
            "castellan-agent",
            "castellan-audit",
            "castellan-custom",
            "castellan-fix",
            "castellan-report",
            "castellan-server",
            "castellan-store",
        ],
    ),
    ("castellan-testkit", &["castellan-probe", "castellan-rpc"]),
    (
        "xtask",
        &[
            "castellan-model",
            "castellan-code",
            "castellan-config",
            "castellan-probe",
            "castellan-instance",
            "castellan-advisory",
            "castellan-audit",
            "castellan-report",
            "castellan-server",
            "castellan-testkit",
        ],
    ),
];

#[test]
fn arrows_point_down() {
    let metadata = MetadataCommand::new().current_dir(super::root()).no_deps().exec().unwrap();
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.into_iter().collect();
    let names: Vec<String> = metadata.packages.iter().map(|package| package.name.to_string()).collect();
    for package in &metadata.packages {
        let Some(may_use) = allowed.get(package.name.as_str()) else {
            panic!("`{}` is not in the list of crates; add it with what it may use", package.name);
        };
        for dependency in package.dependencies.iter().filter(|dependency| dependency.kind == DependencyKind::Normal) {
            if names.contains(&dependency.name) {
                assert!(
                    may_use.contains(&dependency.name.as_str()),
                    "`{}` must not use `{}`",
                    package.name,
                    dependency.name
                );
            }
        }
    }
}
