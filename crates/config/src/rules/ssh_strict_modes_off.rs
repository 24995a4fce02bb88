//! SSH takes keys from files that others may write.
//!
//! ## What it does
//!
//! Reports `StrictModes no`.
//!
//! ## Why it matters
//!
//! Whoever may write to a home folder logs in as its owner.
//!
//! ## Bad
//!
//! ```sshd
//! StrictModes no
//! ```
//!
//! ## Good
//!
//! ```sshd
//! StrictModes yes
//! ```
//!
//! ## How to fix
//!
//! Set it to `yes`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/732.html>
//! * sshd_config(5): <https://man.openbsd.org/sshd_config>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{sshd_fix};
use crate::deployment::Deployment;
use crate::deployment::defences::Sshd;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("ssh-strict-modes-off", "SSH006", Group::Host, Severity::Medium, 732);

pub(super) const CHECK: Check = Check::Sshd(check);

fn check(deployment: &Deployment, sshd: &Sshd, out: &mut Vec<Report>) {
    let line = sshd.get("strictmodes");
    let value = line.map_or(String::new(), |line| line.value().to_lowercase());
    if value == "no" {
        let place = line.map_or_else(|| deployment.start(sshd.file), |line| line.site);
        out.push(Report::at(place, "keys in files that others may write are taken").fix(sshd_fix(deployment, sshd, "strictmodes", "yes")));
    }
}
