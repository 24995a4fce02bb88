//! This version of PostgreSQL gets no more fixes.
//!
//! ## What it does
//!
//! Reports a major version, told by the path of its configuration, whose support had ended on the day of the look.
//!
//! ## Why it matters
//!
//! Known flaws stay open for ever.
//!
//! ## Bad
//!
//! ```postgresql
//! ==> /etc/postgresql/12/main/postgresql.conf <==
//! port = 5432
//! ==> facts <==
//! {"now": 1795478400}
//! ```
//!
//! ## Good
//!
//! ```postgresql
//! ==> /etc/postgresql/17/main/postgresql.conf <==
//! port = 5432
//! ==> facts <==
//! {"now": 1795478400}
//! ```
//!
//! ## How to fix
//!
//! Move to a supported version with `pg_upgrade` or dump and restore.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1104.html>
//! * PostgreSQL versioning policy: <https://www.postgresql.org/support/versioning/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::postgres::PostgresServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-end-of-life", "PGS016", Group::Postgres, Severity::High, 1104);

pub(super) const CHECK: Check = Check::Postgres(check);

fn check(deployment: &Deployment, server: &PostgresServer, out: &mut Vec<Report>) {
    // Last month of support, from postgresql.org's versioning policy: year, month.
    const ENDS: [(u32, i64, i64); 9] =
        [(10, 2022, 11), (11, 2023, 11), (12, 2024, 11), (13, 2025, 11), (14, 2026, 11), (15, 2027, 11), (16, 2028, 11), (17, 2029, 11), (18, 2030, 11)];
    let (Some(version), Some(conf)) = (server.version, server.conf.or(server.hba)) else { return };
    let end = ENDS.iter().find(|(major, ..)| *major == version);
    let month_now = castellan_model::calendar::month(deployment.facts.now);
    let over = match end {
        Some((_, year, month)) => month_now > year * 12 + month,
        None => version < 10,
    };
    if over && deployment.facts.now > 0 {
        let when = end.map_or_else(|| "long ago".to_owned(), |(_, year, month)| format!("in {month:02}/{year}"));
        out.push(Report::at(deployment.start(conf), format!("support of PostgreSQL {version} ended {when}")));
    }
}
