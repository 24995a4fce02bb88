//! PostgreSQL listens on every network interface.
//!
//! ## What it does
//!
//! Reports `listen_addresses` with `*`, `0.0.0.0` or `::`. A firewall that closes the port lowers it.
//!
//! ## Why it matters
//!
//! Everybody who reaches the machine may try passwords and flaws of the database itself, past Odoo.
//!
//! ## Bad
//!
//! ```postgresql
//! listen_addresses = '*'
//! ```
//!
//! ## Good
//!
//! ```postgresql
//! listen_addresses = 'localhost'
//! ```
//!
//! ## How to fix
//!
//! Set `listen_addresses = 'localhost'` when Odoo is on the same machine, the private address otherwise.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/668.html>
//! * PostgreSQL documentation, "Connections": <https://www.postgresql.org/docs/current/runtime-config-connection.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{replace};
use crate::deployment::Deployment;
use crate::deployment::postgres::PostgresServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-listens-everywhere", "PGS001", Group::Postgres, Severity::High, 668);

pub(super) const CHECK: Check = Check::Postgres(check);

fn check(deployment: &Deployment, server: &PostgresServer, out: &mut Vec<Report>) {
    let Some(setting) = server.setting("listen_addresses") else { return };
    if !setting.value.text.split(',').any(|address| matches!(address.trim(), "*" | "0.0.0.0" | "::")) {
        return;
    }
    let port: u16 = server.text("port", "5432").parse().unwrap_or(5432);
    let fix = replace(deployment, setting.value.site, "'localhost'", "listen on this machine only", Some("PostgreSQL must be restarted. Odoo on another machine needs its private address here."));
    let report = Report::at(setting.site, format!("PostgreSQL listens on port {port} of every interface")).fix(fix);
    out.push(match deployment.firewall_opens(port) {
        Some((true, site)) => report.severity(Severity::Critical).related(site, "the firewall lets it in"),
        Some((false, site)) => report.severity(Severity::Low).related(site, "the firewall keeps it out"),
        None => report,
    });
}
