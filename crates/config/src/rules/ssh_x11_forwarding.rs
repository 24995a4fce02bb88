//! SSH forwards graphical sessions.
//!
//! ## What it does
//!
//! Reports `X11Forwarding yes`.
//!
//! ## Why it matters
//!
//! A server that was broken into reads keyboard and screen of whoever connects.
//!
//! ## Bad
//!
//! ```sshd
//! X11Forwarding yes
//! ```
//!
//! ## Good
//!
//! ```sshd
//! X11Forwarding no
//! ```
//!
//! ## How to fix
//!
//! Set it to `no`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1188.html>
//! * sshd_config(5): <https://man.openbsd.org/sshd_config>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use super::helpers::{sshd_fix};
use crate::deployment::Deployment;
use crate::deployment::defences::Sshd;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("ssh-x11-forwarding", "SSH007", Group::Host, Severity::Low, 1188).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Sshd(check);

fn check(deployment: &Deployment, sshd: &Sshd, out: &mut Vec<Report>) {
    let line = sshd.get("x11forwarding");
    let value = line.map_or(String::new(), |line| line.value().to_lowercase());
    if value == "yes" {
        let place = line.map_or_else(|| deployment.start(sshd.file), |line| line.site);
        out.push(Report::at(place, "graphical sessions are forwarded").fix(sshd_fix(deployment, sshd, "x11forwarding", "no")));
    }
}
