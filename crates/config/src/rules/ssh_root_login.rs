//! Root may log in over SSH with a password.
//!
//! ## What it does
//!
//! Reports `PermitRootLogin yes`. The default lets keys in only.
//!
//! ## Why it matters
//!
//! Every machine on the internet tries passwords of root, day and night; one hit is the whole machine.
//!
//! ## Bad
//!
//! ```sshd
//! PermitRootLogin yes
//! ```
//!
//! ## Good
//!
//! ```sshd
//! PermitRootLogin no
//! ```
//!
//! ## How to fix
//!
//! Set `PermitRootLogin no`, and use an account of your own with sudo.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>
//! * sshd_config(5): <https://man.openbsd.org/sshd_config>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{sshd_fix};
use crate::deployment::Deployment;
use crate::deployment::defences::Sshd;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("ssh-root-login", "SSH001", Group::Host, Severity::High, 250);

pub(super) const CHECK: Check = Check::Sshd(check);

fn check(deployment: &Deployment, sshd: &Sshd, out: &mut Vec<Report>) {
    let line = sshd.get("permitrootlogin");
    let value = line.map_or(String::new(), |line| line.value().to_lowercase());
    if value == "yes" {
        let place = line.map_or_else(|| deployment.start(sshd.file), |line| line.site);
        out.push(Report::at(place, "root may log in with a password").fix(sshd_fix(deployment, sshd, "permitrootlogin", "no")));
    }
}
