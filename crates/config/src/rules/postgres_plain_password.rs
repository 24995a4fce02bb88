//! PostgreSQL takes passwords in clear text.
//!
//! ## What it does
//!
//! Reports records with method `password`.
//!
//! ## Why it matters
//!
//! Passwords cross the network readable unless TLS is forced.
//!
//! ## Bad
//!
//! ```pg_hba
//! host all all 10.0.0.0/8 password
//! ```
//!
//! ## Good
//!
//! ```pg_hba
//! hostssl erp erp 10.0.0.5/32 scram-sha-256
//! ```
//!
//! ## How to fix
//!
//! Use `scram-sha-256`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/522.html>
//! * PostgreSQL documentation, "Client Authentication": <https://www.postgresql.org/docs/current/client-authentication.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{hba_fix};
use crate::deployment::Deployment;
use crate::deployment::postgres::PostgresServer;
use crate::read::pg_hba::Address;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-plain-password", "PGS003", Group::Postgres, Severity::High, 522);

pub(super) const CHECK: Check = Check::Postgres(check);

fn check(deployment: &Deployment, server: &PostgresServer, out: &mut Vec<Report>) {
    for record in server.records.iter().filter(|record| record.method.text == "password") {
        let report = Report::at(record.site, "this record takes passwords in clear text").fix(hba_fix(deployment, &record.method, "scram-sha-256"));
        let safe = record.kind.text == "hostssl" || record.address.as_ref().is_none_or(Address::is_local);
        out.push(if safe { report.severity(Severity::Medium) } else { report });
    }
}
