//! A server from its maker gets no fixes any more.
//!
//! ## What it does
//!
//! Looks at PostgreSQL, nginx and Redis that were not taken from the distribution but from their makers, and compares their line of
//! releases with the day on which its support ends. What the distribution brings is mended by the distribution.
//!
//! ## Why it matters
//!
//! What is found from now on stays open.
//!
//! ## Bad
//!
//! ```json
//! {"system": [{"name": "postgresql-13", "source": "postgresql-13", "version": "13.22-1.pgdg120+1", "source_version": "13.22-1.pgdg120+1"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"system": [{"name": "postgresql-17", "source": "postgresql-17", "version": "17.6-1.pgdg120+1", "source_version": "17.6-1.pgdg120+1"}, {"name": "nginx", "source": "nginx", "version": "1.22.1-9+deb12u1", "source_version": "1.22.1-9+deb12u1"}]}
//! ```
//!
//! ## How to fix
//!
//! Upgrade to a line that gets fixes.
//!
//! ## References
//!
//! * <https://endoflife.date/>
//! * <https://www.postgresql.org/support/versioning/>
//! * <https://cwe.mitre.org/data/definitions/1104.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Report, View};
use crate::support::{self, Support};

pub(super) const META: RuleMeta = RuleMeta::new("product-ended", "ADV007", Group::Versions, Severity::Medium, 1104);

pub(super) fn check(view: &View<'_>) -> Vec<Report> {
    let today = view.today();
    let mut out = Vec::new();
    for package in &view.inventory.system {
        let Some(product) = of_maker(&package.name, &package.version) else { continue };
        let version = package.version.split(':').next_back().unwrap_or_default();
        if let Some((release, Support::Ended(day))) = support::product(product, version, &today) {
            let since = if day.is_empty() { String::new() } else { format!(" since {day}") };
            let message = format!("{product} {} gets no fixes{since}", release.cycle);
            out.push(
                Report::at("/var/lib/dpkg/status", 1, format!("{} {}", package.name, package.version), message)
                    .scope(package.name.clone()),
            );
        }
    }
    out
}

/// The product of a package that its maker built: `13.22-1.pgdg120+1`, `1.26.2-1~bookworm`, `6:7.4.1-1rl1~bookworm1`.
fn of_maker(name: &str, version: &str) -> Option<&'static str> {
    let codename =
        ["~bullseye", "~bookworm", "~trixie", "~focal", "~jammy", "~noble"].iter().any(|word| version.contains(word));
    match name {
        "nginx" if codename => Some("nginx"),
        "redis-server" | "redis" if version.contains("rl1~") => Some("redis"),
        _ if name.strip_prefix("postgresql-").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))
            && version.contains("pgdg") =>
        {
            Some("postgresql")
        }
        _ => None,
    }
}
