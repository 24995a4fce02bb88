//! Users set the environment of their session.
//!
//! ## What it does
//!
//! Reports `PermitUserEnvironment yes`.
//!
//! ## Why it matters
//!
//! `LD_PRELOAD` in a file gets around forced commands.
//!
//! ## Bad
//!
//! ```sshd
//! PermitUserEnvironment yes
//! ```
//!
//! ## Good
//!
//! ```sshd
//! PermitUserEnvironment no
//! ```
//!
//! ## How to fix
//!
//! Set it to `no`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/15.html>
//! * sshd_config(5): <https://man.openbsd.org/sshd_config>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{sshd_fix};
use crate::deployment::Deployment;
use crate::deployment::defences::Sshd;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("ssh-user-environment", "SSH005", Group::Host, Severity::Medium, 15);

pub(super) const CHECK: Check = Check::Sshd(check);

fn check(deployment: &Deployment, sshd: &Sshd, out: &mut Vec<Report>) {
    let line = sshd.get("permituserenvironment");
    let value = line.map_or(String::new(), |line| line.value().to_lowercase());
    if !value.is_empty() && value != "no" {
        let place = line.map_or_else(|| deployment.start(sshd.file), |line| line.site);
        out.push(Report::at(place, "users set the environment of their session").fix(sshd_fix(deployment, sshd, "permituserenvironment", "no")));
    }
}
