//! PostgreSQL believes what the client's machine says about the user.
//!
//! ## What it does
//!
//! Reports method `ident` for addresses of other machines.
//!
//! ## Why it matters
//!
//! Whoever controls the client's machine is any role.
//!
//! ## Bad
//!
//! ```pg_hba
//! host all all 10.0.0.0/24 ident
//! ```
//!
//! ## Good
//!
//! ```pg_hba
//! hostssl all all 10.0.0.5/32 scram-sha-256
//! ```
//!
//! ## How to fix
//!
//! Use `scram-sha-256`, or `cert`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/290.html>
//! * PostgreSQL documentation, "Client Authentication": <https://www.postgresql.org/docs/current/client-authentication.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{hba_fix};
use crate::deployment::Deployment;
use crate::deployment::postgres::PostgresServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-ident", "PGS008", Group::Postgres, Severity::Medium, 290);

pub(super) const CHECK: Check = Check::Postgres(check);

fn check(deployment: &Deployment, server: &PostgresServer, out: &mut Vec<Report>) {
    for record in server.records.iter().filter(|record| record.method.text == "ident") {
        if record.address.as_ref().is_some_and(|address| !address.is_local()) {
            out.push(Report::at(record.site, "the client's machine says which role it is").fix(hba_fix(deployment, &record.method, "scram-sha-256")));
        }
    }
}
