//! The database's port is published to the network.
//!
//! ## What it does
//!
//! Reports port 5432 of PostgreSQL, and ports of Redis, that are published without an address of this machine.
//!
//! ## Why it matters
//!
//! Everybody tries passwords of the database, past Odoo; the password of the example is `odoo`. Docker's rules stand
//! in front of ufw.
//!
//! ## Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!   db:
//!     image: postgres:16
//!     ports: ["5432:5432"]
//! ```
//!
//! ## Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!   db:
//!     image: postgres:16
//!     ports: ["127.0.0.1:5432:5432"]
//! ```
//!
//! ## How to fix
//!
//! Remove the port: containers of the same network reach each other without it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/668.html>
//! * Compose Specification: <https://github.com/compose-spec/compose-spec/blob/main/spec.md>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::containers::Compose;
use crate::deployment::containers::Service;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("container-database-published", "CTR002", Group::Container, Severity::Critical, 668);

pub(super) const CHECK: Check = Check::Service(check);

fn check(_: &Deployment, _: &Compose, service: &Service, out: &mut Vec<Report>) {
    let redis = service.image_name().contains("redis") || service.image_name().contains("valkey");
    if !service.is_postgres() && !redis {
        return;
    }
    for port in service.ports().into_iter().filter(|port| !port.is_loopback() && matches!(port.container, 5432 | 6379)) {
        out.push(Report::at(port.word.site, format!("port {} of {} is published to every address", port.container, service.name.text)).scope(service.name.text.clone()));
    }
}
