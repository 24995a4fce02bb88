//! A container may take all memory.
//!
//! ## What it does
//!
//! Reports containers of Odoo without a limit on memory (`mem_limit` or `deploy.resources.limits.memory`).
//!
//! ## Why it matters
//!
//! One heavy report takes PostgreSQL and the host down with it.
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
//!     mem_limit: 4g
//! ```
//!
//! ## How to fix
//!
//! Set `mem_limit` a little above workers times the hard limit of Odoo.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/770.html>
//! * Compose Specification: <https://github.com/compose-spec/compose-spec/blob/main/spec.md>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::containers::Compose;
use crate::deployment::containers::Service;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("container-no-memory-limit", "CTR015", Group::Container, Severity::Low, 770).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Service(check);

fn check(_: &Deployment, _: &Compose, service: &Service, out: &mut Vec<Report>) {
    let limited = service.node.get("mem_limit").is_some() || service.node.at(&["deploy", "resources", "limits", "memory"]).is_some();
    if service.is_odoo() && !limited {
        out.push(Report::at(service.name.site, format!("{} may take all memory", service.name.text)).scope(service.name.text.clone()));
    }
}
