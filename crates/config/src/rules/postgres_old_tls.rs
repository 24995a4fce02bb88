//! PostgreSQL speaks old versions of TLS.
//!
//! ## What it does
//!
//! Reports `ssl_min_protocol_version` below TLSv1.2.
//!
//! ## Why it matters
//!
//! These versions have known breaks.
//!
//! ## Bad
//!
//! ```postgresql
//! ssl_min_protocol_version = 'TLSv1'
//! ```
//!
//! ## Good
//!
//! ```postgresql
//! ssl_min_protocol_version = 'TLSv1.2'
//! ```
//!
//! ## How to fix
//!
//! Set it to `'TLSv1.2'`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/327.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{replace};
use crate::deployment::Deployment;
use crate::deployment::postgres::PostgresServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-old-tls", "PGS012", Group::Postgres, Severity::Medium, 327);

pub(super) const CHECK: Check = Check::Postgres(check);

fn check(deployment: &Deployment, server: &PostgresServer, out: &mut Vec<Report>) {
    if let Some(setting) = server.setting("ssl_min_protocol_version").filter(|setting| matches!(setting.value.text.as_str(), "TLSv1" | "TLSv1.1" | "")) {
        out.push(Report::at(setting.site, "PostgreSQL speaks TLS 1.0 and 1.1").fix(replace(deployment, setting.value.site, "'TLSv1.2'", "speak TLS 1.2 and newer", None)));
    }
}
