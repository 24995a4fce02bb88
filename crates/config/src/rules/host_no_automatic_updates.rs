//! Security updates are not installed by themselves.
//!
//! ## What it does
//!
//! Reports Debian, Ubuntu and Red Hat systems without `Unattended-Upgrade` in apt's configuration or `apply_updates`
//! of dnf-automatic.
//!
//! ## Why it matters
//!
//! Between the announcement of a flaw and its use lie days; updates by hand take weeks.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/os-release <==
//! ID=debian
//! VERSION_ID="12"
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/os-release <==
//! ID=debian
//! VERSION_ID="12"
//! ==> /etc/apt/apt.conf.d/20auto-upgrades <==
//! APT::Periodic::Unattended-Upgrade "1";
//! ```
//!
//! ## How to fix
//!
//! `apt install unattended-upgrades && dpkg-reconfigure -plow unattended-upgrades`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1104.html>

use castellan_model::{Change, Fix, Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("host-no-automatic-updates", "HST007", Group::Host, Severity::Medium, 1104);

pub(super) const CHECK: Check = Check::Host(check);

fn check(deployment: &Deployment, out: &mut Vec<Report>) {
    let Some((name, _, site)) = &deployment.defences.system else { return };
    let known = matches!(name.as_str(), "debian" | "ubuntu" | "rhel" | "almalinux" | "rocky" | "centos" | "fedora" | "ol");
    if known && deployment.defences.automatic_updates.is_none() {
        let debian = matches!(name.as_str(), "debian" | "ubuntu");
        let fix = debian.then(|| Fix {
            title: "install security updates daily".into(),
            changes: vec![Change::Create {
                path: "/etc/apt/apt.conf.d/20auto-upgrades".into(),
                text: "APT::Periodic::Update-Package-Lists \"1\";\nAPT::Periodic::Unattended-Upgrade \"1\";\n".into(),
                mode: 0o644,
            }],
            note: Some("The package `unattended-upgrades` must be installed.".into()),
            reverts_unless_confirmed: false,
        });
        out.push(Report::at(*site, "security updates are not installed by themselves").fix(fix));
    }
}
