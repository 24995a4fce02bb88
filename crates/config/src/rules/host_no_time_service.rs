//! The clock is not kept.
//!
//! ## What it does
//!
//! Reports a system without systemd-timesyncd enabled, chrony or ntpd.
//!
//! ## Why it matters
//!
//! Codes of two-factor login fail, and log lines of several machines do not fit together.
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
//! ==> /etc/chrony/chrony.conf <==
//! pool pool.ntp.org
//! ```
//!
//! ## How to fix
//!
//! `apt install systemd-timesyncd` or chrony.
//!
//! ## Limits
//!
//! Virtual machines that take the time from their host are reported too.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/778.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("host-no-time-service", "HST008", Group::Host, Severity::Low, 778).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Host(check);

fn check(deployment: &Deployment, out: &mut Vec<Report>) {
    if let Some((_, _, site)) = deployment.defences.system.as_ref().filter(|_| deployment.defences.time_service.is_none()) {
        out.push(Report::at(*site, "no time service was found"));
    }
}
