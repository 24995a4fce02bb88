//! The operating system gets no more fixes.
//!
//! ## What it does
//!
//! Reports Debian, Ubuntu and Red Hat family releases whose support had ended on the day of the look, paid extensions
//! left out.
//!
//! ## Why it matters
//!
//! Known flaws of the kernel, OpenSSL, nginx and PostgreSQL stay open.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/os-release <==
//! ID=ubuntu
//! VERSION_ID="18.04"
//! ==> facts <==
//! {"now": 1795478400}
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/os-release <==
//! ID=debian
//! VERSION_ID="13"
//! ==> facts <==
//! {"now": 1795478400}
//! ```
//!
//! ## How to fix
//!
//! Move to a supported release.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1104.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("host-system-end-of-life", "HST009", Group::Host, Severity::High, 1104);

pub(super) const CHECK: Check = Check::Host(check);

fn check(deployment: &Deployment, out: &mut Vec<Report>) {
    // Last month with free security fixes, long-term support of Debian included: year, month.
    const ENDS: [(&str, &str, i64, i64); 18] = [
        ("debian", "8", 2020, 6), ("debian", "9", 2022, 6), ("debian", "10", 2024, 6), ("debian", "11", 2026, 8), ("debian", "12", 2028, 6),
        ("debian", "13", 2030, 6), ("ubuntu", "16.04", 2021, 4), ("ubuntu", "18.04", 2023, 5), ("ubuntu", "20.04", 2025, 5),
        ("ubuntu", "22.04", 2027, 4), ("ubuntu", "24.04", 2029, 5), ("ubuntu", "23.10", 2024, 7), ("ubuntu", "24.10", 2025, 7),
        ("centos", "7", 2024, 6), ("centos", "8", 2021, 12), ("rhel", "7", 2024, 6), ("almalinux", "8", 2029, 3), ("rocky", "8", 2029, 5),
    ];
    let Some((name, version, site)) = &deployment.defences.system else { return };
    let end = ENDS.iter().find(|(id, release, ..)| id == name && (release == version || version.split('.').next() == Some(release)));
    if let Some((_, _, year, month)) = end
        && deployment.facts.now > 0
        && castellan_model::calendar::month(deployment.facts.now) > year * 12 + month
    {
        out.push(Report::at(*site, format!("support of {name} {version} ended in {month:02}/{year}")));
    }
}
