//! An advisory of the distribution concerns a package.
//!
//! ## What it does
//!
//! Compares the packages of Debian and Ubuntu with the distribution's own records in OSV, by the order of dpkg. The records are not
//! shipped: `castellan update --from FOLDER` takes them from a folder, an archive or a URL. Records without a fix are told with low
//! severity.
//!
//! ## Why it matters
//!
//! The distribution has mended it, and this system has not taken the fix.
//!
//! ## Bad
//!
//! ```json
//! {"distribution": {"id": "debian", "version": "12"}, "system": [{"name": "libxml2", "source": "libxml2", "version": "2.9.14+dfsg-1", "source_version": "2.9.14+dfsg-1"}], "records": ["Debian:12\tlibxml2\tDSA-1\tCVE-2025-1\t+0 -2.9.14+dfsg-1.3~deb12u2\t\t7.5"]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"distribution": {"id": "debian", "version": "12"}, "system": [{"name": "libxml2", "source": "libxml2", "version": "2.9.14+dfsg-1.3~deb12u2", "source_version": "2.9.14+dfsg-1.3~deb12u2"}], "records": ["Debian:12\tlibxml2\tDSA-1\tCVE-2025-1\t+0 -2.9.14+dfsg-1.3~deb12u2\t\t7.5"]}
//! ```
//!
//! ## How to fix
//!
//! `apt-get update && apt-get upgrade`; let unattended-upgrades do it.
//!
//! ## References
//!
//! * <https://security-tracker.debian.org/>
//! * <https://osv.dev/>
//! * <https://cwe.mitre.org/data/definitions/1395.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::ecosystem;
use crate::matching;
use crate::rule::{Report, View, severity_of};
use crate::version::Scheme;

pub(super) const META: RuleMeta = RuleMeta::new("system-vulnerable", "ADV006", Group::Versions, Severity::Medium, 1395);

pub(super) fn check(view: &View<'_>) -> Vec<Report> {
    let Some(ecosystem) = ecosystem(view.inventory) else { return Vec::new() };
    let mut out: Vec<Report> = Vec::new();
    for package in &view.inventory.system {
        let scope = package.source.clone();
        if out.iter().any(|one| one.scope == scope) {
            continue;
        }
        let found = matching::system(package, &ecosystem, &view.data.table);
        let fixed: Vec<_> =
            found.iter().filter(|one| one.fixed_in(Scheme::Debian, &package.source_version).is_some()).collect();
        if found.is_empty() {
            continue;
        }
        let worst = fixed
            .iter()
            .filter_map(|one| one.score)
            .fold(None, |worst: Option<f32>, score| Some(worst.map_or(score, |worst| worst.max(score))));
        let severity = if fixed.is_empty() { Severity::Low } else { severity_of(worst) };
        let mut names: Vec<&str> = found
            .iter()
            .flat_map(|one| one.aliases.iter().chain([&one.id]))
            .map(String::as_str)
            .filter(|id| id.starts_with("CVE-"))
            .collect();
        names.sort_unstable();
        names.dedup();
        let count = names.len();
        names.truncate(4);
        let message = format!(
            "{} {}: {} of {} advisories have a fix that is not installed ({}{})",
            package.source,
            package.source_version,
            fixed.len(),
            found.len(),
            names.join(", "),
            if count > 4 { ", ..." } else { "" }
        );
        out.push(
            Report::at(&package.place, package.line, format!("{} {}", package.name, package.version), message)
                .scope(scope)
                .severity(severity),
        );
    }
    out
}
