//! SSH allows many tries a connection.
//!
//! ## What it does
//!
//! Reports `MaxAuthTries` above 6, the default.
//!
//! ## Why it matters
//!
//! Passwords are tried faster, with fewer lines in the log.
//!
//! ## Bad
//!
//! ```sshd
//! MaxAuthTries 20
//! ```
//!
//! ## Good
//!
//! ```sshd
//! MaxAuthTries 4
//! ```
//!
//! ## How to fix
//!
//! Set it to 4.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/307.html>
//! * sshd_config(5): <https://man.openbsd.org/sshd_config>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{sshd_fix};
use crate::deployment::Deployment;
use crate::deployment::defences::Sshd;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("ssh-max-tries", "SSH004", Group::Host, Severity::Low, 307);

pub(super) const CHECK: Check = Check::Sshd(check);

fn check(deployment: &Deployment, sshd: &Sshd, out: &mut Vec<Report>) {
    let line = sshd.get("maxauthtries");
    let value = line.map_or(String::new(), |line| line.value().to_lowercase());
    if value.parse::<u32>().is_ok_and(|tries| tries > 6) {
        let place = line.map_or_else(|| deployment.start(sshd.file), |line| line.site);
        out.push(Report::at(place, "SSH allows many tries a connection").fix(sshd_fix(deployment, sshd, "maxauthtries", "4")));
    }
}
