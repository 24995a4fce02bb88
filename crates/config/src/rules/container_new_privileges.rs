//! A container may gain rights.
//!
//! ## What it does
//!
//! Reports containers of Odoo without `security_opt: [no-new-privileges:true]`.
//!
//! ## Why it matters
//!
//! A set-user-ID program in the image makes an intruder root of the container.
//!
//! ## Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     init: true
//! ```
//!
//! ## Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     security_opt: ["no-new-privileges:true"]
//! ```
//!
//! ## How to fix
//!
//! Add `security_opt: ["no-new-privileges:true"]`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>
//! * Compose Specification: <https://github.com/compose-spec/compose-spec/blob/main/spec.md>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::containers::Compose;
use crate::deployment::containers::Service;
use crate::read::tree::Node;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("container-new-privileges", "CTR014", Group::Container, Severity::Low, 250).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Service(check);

fn check(deployment: &Deployment, _: &Compose, service: &Service, out: &mut Vec<Report>) {
    let set = service.node.get("security_opt").map(Node::words).unwrap_or_default().iter().any(|word| word.text.starts_with("no-new-privileges") && !word.text.ends_with("false"));
    let daemon = deployment.defences.docker_daemon.as_ref().and_then(|node| node.get("no-new-privileges")).and_then(Node::truth) == Some(true);
    if service.is_odoo() && !set && !daemon {
        out.push(Report::at(service.name.site, format!("{} may gain rights", service.name.text)).scope(service.name.text.clone()));
    }
}
