//! A container sees folders of the host that it should not.
//!
//! ## What it does
//!
//! Reports mounts of `/`, `/etc`, `/root`, `/home`, `/var/run`, `/proc`, `/sys`, `/boot` and `/var/lib/docker`.
//!
//! ## Why it matters
//!
//! Keys, passwords and other services of the host are open to what breaks into the container.
//!
//! ## Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     volumes:
//!       - /etc:/host/etc
//! ```
//!
//! ## Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     volumes:
//!       - ./config:/etc/odoo:ro
//! ```
//!
//! ## How to fix
//!
//! Mount the one folder that is needed, read-only.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/552.html>
//! * Compose Specification: <https://github.com/compose-spec/compose-spec/blob/main/spec.md>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::containers::Compose;
use crate::deployment::containers::Service;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("container-sensitive-mount", "CTR007", Group::Container, Severity::High, 552);

pub(super) const CHECK: Check = Check::Service(check);

fn check(_: &Deployment, _: &Compose, service: &Service, out: &mut Vec<Report>) {
    for (source, _, word) in service.volumes() {
        let path = if source == "/" { "/" } else { source.trim_end_matches('/') };
        if matches!(path, "/" | "/etc" | "/root" | "/home" | "/var" | "/var/run" | "/run" | "/proc" | "/sys" | "/boot" | "/dev" | "/var/lib/docker" | "/usr") {
            out.push(Report::at(word.site, format!("{} sees {path} of the host", service.name.text)).scope(service.name.text.clone()));
        }
    }
}
