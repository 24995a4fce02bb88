//! The superuser may connect from another machine.
//!
//! ## What it does
//!
//! Reports records that name `postgres` for addresses of other machines.
//!
//! ## Why it matters
//!
//! One password gives commands on the database host.
//!
//! ## Bad
//!
//! ```pg_hba
//! hostssl all postgres 10.0.0.0/24 scram-sha-256
//! ```
//!
//! ## Good
//!
//! ```pg_hba
//! local all postgres peer
//! hostssl erp erp 10.0.0.5/32 scram-sha-256
//! ```
//!
//! ## How to fix
//!
//! Let the superuser in over the local socket with `peer` only.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>
//! * PostgreSQL documentation, "Client Authentication": <https://www.postgresql.org/docs/current/client-authentication.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{remove_lines};
use crate::deployment::Deployment;
use crate::deployment::postgres::PostgresServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-superuser-remote", "PGS009", Group::Postgres, Severity::High, 250);

pub(super) const CHECK: Check = Check::Postgres(check);

fn check(deployment: &Deployment, server: &PostgresServer, out: &mut Vec<Report>) {
    for record in server.records.iter().filter(|record| record.method.text != "reject") {
        let named = record.users.iter().any(|word| word.text == "postgres");
        if named && record.address.as_ref().is_some_and(|address| !address.is_local()) {
            out.push(Report::at(record.site, "the superuser may connect from another machine").fix(remove_lines(deployment, record.site, "remove the record")));
        }
    }
}
