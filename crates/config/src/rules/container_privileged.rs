//! A container has all rights of the host.
//!
//! ## What it does
//!
//! Reports `privileged: true`.
//!
//! ## Why it matters
//!
//! What breaks into the container mounts the host's disks and is root there.
//!
//! ## Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     privileged: true
//! ```
//!
//! ## Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     init: true
//! ```
//!
//! ## How to fix
//!
//! Remove the line; Odoo needs no rights of the host.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>
//! * Compose Specification: <https://github.com/compose-spec/compose-spec/blob/main/spec.md>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{replace};
use crate::deployment::Deployment;
use crate::deployment::containers::Compose;
use crate::deployment::containers::Service;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("container-privileged", "CTR003", Group::Container, Severity::Critical, 250);

pub(super) const CHECK: Check = Check::Service(check);

fn check(deployment: &Deployment, _: &Compose, service: &Service, out: &mut Vec<Report>) {
    if let Some(node) = service.node.get("privileged").filter(|node| node.truth() == Some(true)) {
        let fix = replace(deployment, node.site, "false", "take the rights away", Some("Run `docker compose up -d` afterwards."));
        out.push(Report::at(node.site, format!("{} has all rights of the host", service.name.text)).scope(service.name.text.clone()).fix(fix));
    }
}
