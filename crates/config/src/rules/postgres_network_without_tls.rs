//! PostgreSQL takes unencrypted connections from other machines.
//!
//! ## What it does
//!
//! Reports `host` and `hostnossl` records for addresses of other machines.
//!
//! ## Why it matters
//!
//! Records and password exchanges cross the network readable; `host` takes a plain connection whenever the client does
//! not insist.
//!
//! ## Bad
//!
//! ```pg_hba
//! host erp erp 10.0.0.5/32 scram-sha-256
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
//! Write `hostssl`, after `ssl = on` and a certificate, and set `db_sslmode = verify-full` in odoo.conf.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>
//! * PostgreSQL documentation, "Client Authentication": <https://www.postgresql.org/docs/current/client-authentication.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{replace};
use crate::deployment::Deployment;
use crate::deployment::postgres::PostgresServer;
use crate::read::pg_hba::AddressKind;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-network-without-tls", "PGS006", Group::Postgres, Severity::Medium, 319);

pub(super) const CHECK: Check = Check::Postgres(check);

fn check(deployment: &Deployment, server: &PostgresServer, out: &mut Vec<Report>) {
    let ssl = server.truth("ssl", false);
    for record in server.records.iter().filter(|record| matches!(record.kind.text.as_str(), "host" | "hostnossl")) {
        let Some(address) = record.address.as_ref() else { continue };
        if address.is_local() || address.meaning == AddressKind::SameNet || record.method.text == "reject" {
            continue;
        }
        let fix = ssl.then(|| replace(deployment, record.kind.site, "hostssl", "take encrypted connections only", Some("Reload PostgreSQL; clients must use TLS from then on."))).flatten();
        out.push(Report::at(record.site, format!("plain connections from {} are taken", address.word.text)).fix(fix));
    }
}
