//! SSH takes passwords.
//!
//! ## What it does
//!
//! Reports `PasswordAuthentication` that is not `no`, which is the default, for everybody or inside a `Match` block.
//!
//! ## Why it matters
//!
//! Passwords are guessed and reused; keys are not.
//!
//! ## Bad
//!
//! ```sshd
//! PasswordAuthentication yes
//! ```
//!
//! ```sshd
//! Port 22
//! ```
//!
//! ## Good
//!
//! ```sshd
//! PasswordAuthentication no
//! ```
//!
//! ## How to fix
//!
//! Set `PasswordAuthentication no` and `KbdInteractiveAuthentication no`, after a key of yours works.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/287.html>
//! * sshd_config(5): <https://man.openbsd.org/sshd_config>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{sshd_fix};
use crate::deployment::Deployment;
use crate::deployment::defences::Sshd;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("ssh-password-login", "SSH002", Group::Host, Severity::Medium, 287);

pub(super) const CHECK: Check = Check::Sshd(check);

fn check(deployment: &Deployment, sshd: &Sshd, out: &mut Vec<Report>) {
    let line = sshd.get("passwordauthentication");
    if line.is_none_or(|line| line.value().to_lowercase() != "no") {
        let place = line.map_or_else(|| deployment.start(sshd.file), |line| line.site);
        let message = if line.is_some() { "SSH takes passwords" } else { "SSH takes passwords: the default" };
        out.push(Report::at(place, message).fix(sshd_fix(deployment, sshd, "passwordauthentication", "no")));
        return;
    }
    for (condition, line) in sshd.matched("passwordauthentication") {
        if line.value().to_lowercase() == "yes" {
            out.push(Report::at(line.site, format!("SSH takes passwords for `{}`", condition.value())).related(condition.site, "this condition"));
        }
    }
}
