//! PostgreSQL takes connections from a wide network.
//!
//! ## What it does
//!
//! Reports records that let in every address, or a network with more than 65,536 addresses, except with `reject`.
//! Private networks weigh less.
//!
//! ## Why it matters
//!
//! One stolen password is enough from anywhere; every machine of the network can try.
//!
//! ## Bad
//!
//! ```pg_hba
//! host all all 0.0.0.0/0 scram-sha-256
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
//! Name the address of the Odoo server with `/32`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/284.html>
//! * PostgreSQL documentation, "Client Authentication": <https://www.postgresql.org/docs/current/client-authentication.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::postgres::PostgresServer;
use crate::read::pg_hba::AddressKind;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-wide-network", "PGS005", Group::Postgres, Severity::High, 284);

pub(super) const CHECK: Check = Check::Postgres(check);

fn check(_: &Deployment, server: &PostgresServer, out: &mut Vec<Report>) {
    for (index, record) in server.records.iter().enumerate() {
        let Some(address) = record.address.as_ref().filter(|address| !address.is_local()) else { continue };
        if matches!(record.method.text.as_str(), "reject" | "trust") || super::helpers::covered(&server.records, index).is_some() {
            continue;
        }
        let v6 = matches!(&address.meaning, AddressKind::Network(network) if network.addr().is_ipv6());
        let Some(prefix) = address.prefix() else { continue };
        let private = matches!(&address.meaning, AddressKind::Network(ipnet::IpNet::V4(network)) if network.addr().is_private());
        let wide = if v6 { prefix < 48 } else { prefix < 16 };
        if !wide {
            continue;
        }
        let report = Report::at(record.site, format!("connections from {} are taken", if prefix == 0 { "every address" } else { &address.word.text }));
        out.push(if private { report.severity(Severity::Medium) } else { report });
    }
}
