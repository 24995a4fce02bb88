//! New passwords are stored as MD5.
//!
//! ## What it does
//!
//! Reports `password_encryption` `md5`, `on` or `off`; from version 14 the default is SCRAM.
//!
//! ## Why it matters
//!
//! A stolen hash is as good as the password, and is guessed fast.
//!
//! ## Bad
//!
//! ```postgresql
//! password_encryption = md5
//! ```
//!
//! ## Good
//!
//! ```postgresql
//! password_encryption = scram-sha-256
//! ```
//!
//! ## How to fix
//!
//! Set `scram-sha-256` and set the passwords again.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/916.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{replace};
use crate::deployment::Deployment;
use crate::deployment::postgres::PostgresServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-password-encryption", "PGS013", Group::Postgres, Severity::Medium, 916);

pub(super) const CHECK: Check = Check::Postgres(check);

fn check(deployment: &Deployment, server: &PostgresServer, out: &mut Vec<Report>) {
    if let Some(setting) = server.setting("password_encryption").filter(|setting| setting.value.text != "scram-sha-256") {
        let fix = replace(deployment, setting.value.site, "scram-sha-256", "store new passwords with SCRAM", Some("Set the passwords of the roles again afterwards."));
        out.push(Report::at(setting.site, "new passwords are stored as MD5").fix(fix));
    }
}
