//! Proxy and database share a network.
//!
//! ## What it does
//!
//! Reports projects in which the proxy reaches the database directly because both are on the same network.
//!
//! ## Why it matters
//!
//! What breaks into the proxy talks to PostgreSQL at once.
//!
//! ## Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!   db:
//!     image: postgres:16
//!   proxy:
//!     image: nginx:1.27
//! ```
//!
//! ## Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     networks: [front, back]
//!   db:
//!     image: postgres:16
//!     networks: [back]
//!   proxy:
//!     image: nginx:1.27
//!     networks: [front]
//! ```
//!
//! ## How to fix
//!
//! Make two networks: proxy and Odoo on one, Odoo and database on the other.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/653.html>
//! * Compose Specification: <https://github.com/compose-spec/compose-spec/blob/main/spec.md>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::containers::Compose;
use crate::deployment::containers::Service;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("container-networks-flat", "CTR017", Group::Container, Severity::Low, 653).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Service(check);

fn check(_: &Deployment, project: &Compose, service: &Service, out: &mut Vec<Report>) {
    let name = service.image_name();
    if !["nginx", "caddy", "traefik", "haproxy", "httpd"].iter().any(|proxy| name.contains(proxy)) {
        return;
    }
    let own = service.networks();
    let database = project.services.iter().find(|other| {
        let theirs = other.networks();
        other.is_postgres() && ((own.is_empty() && theirs.is_empty()) || own.iter().any(|network| theirs.contains(network)))
    });
    if let Some(database) = database {
        out.push(Report::at(service.name.site, format!("{} reaches {} directly", service.name.text, database.name.text)).related(database.name.site, "on the same network").scope(service.name.text.clone()));
    }
}
