//! Others may read or change files of PostgreSQL.
//!
//! ## What it does
//!
//! Reports a data directory with rights for others, and configuration that others may write.
//!
//! ## Why it matters
//!
//! The data directory is the database; whoever writes `pg_hba.conf` lets themselves in.
//!
//! ## Bad
//!
//! ```pg_hba
//! ==> /etc/postgresql/16/main/pg_hba.conf 0666 postgres postgres <==
//! local all all peer
//! ```
//!
//! ## Good
//!
//! ```pg_hba
//! ==> /etc/postgresql/16/main/pg_hba.conf 0640 postgres postgres <==
//! local all all peer
//! ```
//!
//! ## How to fix
//!
//! Set 0640 on the files and 0700 on the data directory.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/732.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_mode};
use crate::deployment::Deployment;
use crate::deployment::postgres::PostgresServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-files-readable", "PGS017", Group::Postgres, Severity::Medium, 732);

pub(super) const CHECK: Check = Check::Postgres(check);

fn check(deployment: &Deployment, server: &PostgresServer, out: &mut Vec<Report>) {
    for file in [server.conf, server.hba].into_iter().flatten() {
        let Some(path) = deployment.file(file).map(|file| file.path.clone()) else { continue };
        if deployment.attributes(&path).is_some_and(crate::host::Attributes::world_writable) {
            out.push(Report::at(deployment.path_place(&path), "everybody on the machine may change this file").severity(Severity::Critical).fix(set_mode(&path, 0o640)));
        }
    }
    let data = server.text("data_directory", "");
    if deployment.attributes(&data).is_some_and(|attributes| attributes.mode & 0o007 != 0) {
        out.push(Report::at(deployment.path_place(&data), "others may enter the data directory").severity(Severity::High).fix(set_mode(&data, 0o700)));
    }
}
