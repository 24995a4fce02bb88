//! A record of pg_hba.conf has no effect.
//!
//! ## What it does
//!
//! Reports records that an earlier one covers completely. The first match decides; later ones are never asked.
//!
//! ## Why it matters
//!
//! A `reject` or a stricter method behind a wide record looks like a lock and is none.
//!
//! ## Bad
//!
//! ```pg_hba
//! host all all 0.0.0.0/0 md5
//! host erp erp 203.0.113.0/24 reject
//! ```
//!
//! ## Good
//!
//! ```pg_hba
//! host erp erp 203.0.113.0/24 reject
//! host all all 0.0.0.0/0 md5
//! ```
//!
//! ## How to fix
//!
//! Put the narrower record first.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/561.html>
//! * PostgreSQL documentation, "Client Authentication": <https://www.postgresql.org/docs/current/client-authentication.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::postgres::PostgresServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-record-unreachable", "PGS010", Group::Postgres, Severity::Medium, 561);

pub(super) const CHECK: Check = Check::Postgres(check);

fn check(_: &Deployment, server: &PostgresServer, out: &mut Vec<Report>) {
    for (index, record) in server.records.iter().enumerate() {
        let Some(earlier) = super::helpers::covered(&server.records, index) else { continue };
        if earlier.method.text == record.method.text {
            continue;
        }
        let report = Report::at(record.site, format!("this record has no effect: `{}` decides before it", earlier.method.text)).related(earlier.site, "the first match");
        let stricter = record.method.text == "reject" || earlier.method.text == "trust";
        out.push(if stricter { report } else { report.severity(Severity::Low) });
    }
}
