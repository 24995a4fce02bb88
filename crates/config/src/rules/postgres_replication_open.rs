//! Replication is open to any role of a network.
//!
//! ## What it does
//!
//! Reports `replication` records from other machines for `all` roles.
//!
//! ## Why it matters
//!
//! A role with the replication right copies the whole cluster, every database and hash in it.
//!
//! ## Bad
//!
//! ```pg_hba
//! hostssl replication all 10.0.0.0/24 scram-sha-256
//! ```
//!
//! ## Good
//!
//! ```pg_hba
//! hostssl replication replica 10.0.0.9/32 scram-sha-256
//! ```
//!
//! ## How to fix
//!
//! Name the role and the address of the replica.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/284.html>
//! * PostgreSQL documentation, "Client Authentication": <https://www.postgresql.org/docs/current/client-authentication.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::postgres::PostgresServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-replication-open", "PGS007", Group::Postgres, Severity::Medium, 284);

pub(super) const CHECK: Check = Check::Postgres(check);

fn check(_: &Deployment, server: &PostgresServer, out: &mut Vec<Report>) {
    for record in &server.records {
        let replication = record.databases.iter().any(|word| word.text == "replication");
        let everybody = record.users.iter().any(|word| word.text == "all");
        let outside = record.address.as_ref().is_some_and(|address| !address.is_local());
        if replication && everybody && outside && record.method.text != "reject" {
            out.push(Report::at(record.site, "any role may replicate from another machine"));
        }
    }
}
