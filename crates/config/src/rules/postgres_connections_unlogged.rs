//! Connections to PostgreSQL are not logged.
//!
//! ## What it does
//!
//! Reports servers that listen to the network without `log_connections`.
//!
//! ## Why it matters
//!
//! Guessing and foreign clients leave no trace.
//!
//! ## Bad
//!
//! ```postgresql
//! listen_addresses = '10.0.0.2'
//! ```
//!
//! ## Good
//!
//! ```postgresql
//! listen_addresses = '10.0.0.2'
//! log_connections = on
//! ```
//!
//! ## How to fix
//!
//! Set `log_connections = on` and `log_disconnections = on`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/778.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::postgres::PostgresServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-connections-unlogged", "PGS015", Group::Postgres, Severity::Low, 778).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Postgres(check);

fn check(_: &Deployment, server: &PostgresServer, out: &mut Vec<Report>) {
    if server.listens_outside() && matches!(server.text("log_connections", "off").as_str(), "off" | "" | "false" | "0" | "no") {
        let place = server.setting("log_connections").or_else(|| server.setting("listen_addresses")).map(|setting| setting.site);
        if let Some(place) = place {
            out.push(Report::at(place, "connections from the network are not logged"));
        }
    }
}
