//! A container shares a namespace with the host.
//!
//! ## What it does
//!
//! Reports `network_mode: host`, `pid: host`, `ipc: host`, `userns_mode: host` and `uts: host`.
//!
//! ## Why it matters
//!
//! The container sees and reaches what only the host should: its loopback services, processes, memory.
//!
//! ## Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     network_mode: host
//! ```
//!
//! ## Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     networks: [front]
//! ```
//!
//! ## How to fix
//!
//! Give the container networks of its own.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/653.html>
//! * Compose Specification: <https://github.com/compose-spec/compose-spec/blob/main/spec.md>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::containers::Compose;
use crate::deployment::containers::Service;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("container-host-namespace", "CTR005", Group::Container, Severity::High, 653);

pub(super) const CHECK: Check = Check::Service(check);

fn check(_: &Deployment, _: &Compose, service: &Service, out: &mut Vec<Report>) {
    for key in ["network_mode", "pid", "ipc", "userns_mode", "uts"] {
        if let Some(node) = service.node.get(key).filter(|node| node.text() == Some("host")) {
            out.push(Report::at(node.site, format!("{} shares the host's {}", service.name.text, key.trim_end_matches("_mode"))).scope(service.name.text.clone()));
        }
    }
}
