//! The database container asks for no password.
//!
//! ## What it does
//!
//! Reports `POSTGRES_HOST_AUTH_METHOD: trust`.
//!
//! ## Why it matters
//!
//! Everybody who reaches the container is the superuser of the database.
//!
//! ## Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!   db:
//!     image: postgres:16
//!     environment: { POSTGRES_HOST_AUTH_METHOD: trust }
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
//!     environment: { POSTGRES_HOST_AUTH_METHOD: scram-sha-256 }
//! ```
//!
//! ## How to fix
//!
//! Set `scram-sha-256` and a password. The variable counts when the data directory is made: change `pg_hba.conf` in
//! the volume too.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/306.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::containers::Compose;
use crate::deployment::containers::Service;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("container-database-trust", "CTR012", Group::Container, Severity::Critical, 306);

pub(super) const CHECK: Check = Check::Service(check);

fn check(_: &Deployment, _: &Compose, service: &Service, out: &mut Vec<Report>) {
    for (name, value) in &service.environment {
        if name.text == "POSTGRES_HOST_AUTH_METHOD" && value.text == "trust" {
            out.push(Report::at(name.site, format!("{} asks for no password", service.name.text)).scope(service.name.text.clone()));
        }
    }
}
