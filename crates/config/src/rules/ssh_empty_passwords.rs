//! SSH takes empty passwords.
//!
//! ## What it does
//!
//! Reports `PermitEmptyPasswords yes`.
//!
//! ## Why it matters
//!
//! An account without a password is open to everybody.
//!
//! ## Bad
//!
//! ```sshd
//! PermitEmptyPasswords yes
//! ```
//!
//! ## Good
//!
//! ```sshd
//! PermitEmptyPasswords no
//! ```
//!
//! ## How to fix
//!
//! Set it to `no`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/258.html>
//! * sshd_config(5): <https://man.openbsd.org/sshd_config>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{sshd_fix};
use crate::deployment::Deployment;
use crate::deployment::defences::Sshd;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("ssh-empty-passwords", "SSH003", Group::Host, Severity::Critical, 258);

pub(super) const CHECK: Check = Check::Sshd(check);

fn check(deployment: &Deployment, sshd: &Sshd, out: &mut Vec<Report>) {
    let line = sshd.get("permitemptypasswords");
    let value = line.map_or(String::new(), |line| line.value().to_lowercase());
    if value == "yes" {
        let place = line.map_or_else(|| deployment.start(sshd.file), |line| line.site);
        out.push(Report::at(place, "SSH takes empty passwords").fix(sshd_fix(deployment, sshd, "permitemptypasswords", "no")));
    }
}
