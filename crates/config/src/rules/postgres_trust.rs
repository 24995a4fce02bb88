//! PostgreSQL lets clients in without asking.
//!
//! ## What it does
//!
//! Reports records of `pg_hba.conf` with method `trust` that a connection can reach: a record that an earlier one
//! covers is left out, because the first match decides. From other machines it is critical.
//!
//! ## Why it matters
//!
//! Every account of the machine, and every service that can open a connection, is every role it names, the superuser
//! too.
//!
//! ## Bad
//!
//! ```pg_hba
//! host all all 10.0.0.0/8 trust
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
//! Use `scram-sha-256` for addresses and `peer` for the local socket.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/306.html>
//! * PostgreSQL documentation, "Client Authentication": <https://www.postgresql.org/docs/current/client-authentication.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{hba_fix};
use crate::deployment::Deployment;
use crate::deployment::postgres::PostgresServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-trust", "PGS002", Group::Postgres, Severity::High, 306);

pub(super) const CHECK: Check = Check::Postgres(check);

fn check(deployment: &Deployment, server: &PostgresServer, out: &mut Vec<Report>) {
    for (index, record) in server.records.iter().enumerate() {
        if record.method.text != "trust" || super::helpers::covered(&server.records, index).is_some() {
            continue;
        }
        let (method, who, severity) = match &record.address {
            None => ("peer", "every account of this machine".to_owned(), Severity::High),
            Some(address) if address.is_local() => ("scram-sha-256", "every process of this machine".to_owned(), Severity::High),
            Some(address) => ("scram-sha-256", format!("everybody in {}", address.word.text), Severity::Critical),
        };
        let users: Vec<&str> = record.users.iter().map(|word| word.text.as_str()).collect();
        let users = if users == ["all"] { "any role".to_owned() } else { users.join(", ") };
        out.push(Report::at(record.site, format!("{who} is let in as {users} without a password")).severity(severity).fix(hba_fix(deployment, &record.method, method)));
    }
}
