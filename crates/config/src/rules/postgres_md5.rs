//! PostgreSQL takes passwords hashed with MD5.
//!
//! ## What it does
//!
//! Reports records with method `md5`.
//!
//! ## Why it matters
//!
//! Whoever gets hold of the stored hash logs in with it, and guesses billions of passwords a second.
//!
//! ## Bad
//!
//! ```pg_hba
//! host all all 127.0.0.1/32 md5
//! ```
//!
//! ## Good
//!
//! ```pg_hba
//! host all all 127.0.0.1/32 scram-sha-256
//! ```
//!
//! ## How to fix
//!
//! Set `password_encryption = scram-sha-256`, set the passwords of the roles again, then change the method.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/916.html>
//! * PostgreSQL documentation, "Client Authentication": <https://www.postgresql.org/docs/current/client-authentication.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::postgres::PostgresServer;
use crate::read::pg_hba::Address;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-md5", "PGS004", Group::Postgres, Severity::Medium, 916);

pub(super) const CHECK: Check = Check::Postgres(check);

fn check(deployment: &Deployment, server: &PostgresServer, out: &mut Vec<Report>) {
    for record in server.records.iter().filter(|record| record.method.text == "md5") {
        let report = Report::at(record.site, "this record takes MD5 hashes").fix(super::helpers::hba_fix_after_passwords(deployment, &record.method));
        let local = record.address.as_ref().is_none_or(Address::is_local);
        out.push(if local { report.severity(Severity::Low) } else { report });
    }
}
