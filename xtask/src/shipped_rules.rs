//! `cargo xtask shipped-rules 19 ADDONS...`: digests of the record rules that Odoo ships, from its own addons folders.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use castellan_code::discover::DiscoverOptions;
use castellan_code::scan::{ScanOptions, scan};
use castellan_instance::shipped::domain_digest;

const FILE: &str = "crates/instance/data/shipped-rules.tsv";

/// Replaces the rows of a series.
pub fn write(series: &str, addons: &[&str]) -> Result<(), String> {
    let options = ScanOptions {
        discover: DiscoverOptions { include_core: true, ..DiscoverOptions::default() },
        only: vec!["no-rule".to_owned()],
        ..ScanOptions::default()
    };
    let targets: Vec<PathBuf> = addons.iter().map(PathBuf::from).collect();
    let scanned = scan(&targets, &options).map_err(|error| error.to_string())?;
    let path = Path::new(FILE);
    let before = std::fs::read_to_string(path).map_err(|error| format!("{FILE}: {error}"))?;
    let own = format!("{series}\t");
    let mut rows: BTreeSet<String> =
        before.lines().filter(|line| !line.starts_with('#') && !line.starts_with(&own)).map(str::to_owned).collect();
    for rule in &scanned.record_rules {
        rows.insert(format!("{series}\t{}\t{}", rule.id, domain_digest(&rule.domain)));
    }
    let head: String = before.lines().filter(|line| line.starts_with('#')).map(|line| format!("{line}\n")).collect();
    let rows: String = rows.iter().map(|row| format!("{row}\n")).collect();
    std::fs::write(path, head + &rows).map_err(|error| format!("{FILE}: {error}"))
}
