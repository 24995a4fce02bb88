//! PostgreSQL listens to the network without TLS.
//!
//! ## What it does
//!
//! Reports `ssl` that is off while an address of the network is listened on.
//!
//! ## Why it matters
//!
//! Clients cannot encrypt even when they want to.
//!
//! ## Bad
//!
//! ```postgresql
//! listen_addresses = '10.0.0.2'
//! ssl = off
//! ```
//!
//! ## Good
//!
//! ```postgresql
//! listen_addresses = '10.0.0.2'
//! ssl = on
//! ```
//!
//! ## How to fix
//!
//! Set `ssl = on` with a certificate.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::postgres::PostgresServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-tls-off", "PGS011", Group::Postgres, Severity::Medium, 319);

pub(super) const CHECK: Check = Check::Postgres(check);

fn check(_: &Deployment, server: &PostgresServer, out: &mut Vec<Report>) {
    if server.listens_outside() && !server.truth("ssl", false) {
        let place = server.setting("ssl").or_else(|| server.setting("listen_addresses")).map(|setting| setting.site);
        if let Some(place) = place {
            out.push(Report::at(place, "PostgreSQL listens to the network without TLS"));
        }
    }
}
