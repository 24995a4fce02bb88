//! Every statement is logged with its values.
//!
//! ## What it does
//!
//! Reports `log_statement = all` and `log_min_duration_statement = 0`.
//!
//! ## Why it matters
//!
//! The log holds personal data, password hashes and tokens of every INSERT and UPDATE.
//!
//! ## Bad
//!
//! ```postgresql
//! log_statement = 'all'
//! ```
//!
//! ## Good
//!
//! ```postgresql
//! log_statement = 'ddl'
//! ```
//!
//! ## How to fix
//!
//! Set `log_statement = 'ddl'` and `log_min_duration_statement = 5000`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/532.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{replace};
use crate::deployment::Deployment;
use crate::deployment::postgres::PostgresServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-log-everything", "PGS014", Group::Postgres, Severity::Medium, 532);

pub(super) const CHECK: Check = Check::Postgres(check);

fn check(deployment: &Deployment, server: &PostgresServer, out: &mut Vec<Report>) {
    for (name, bad, good) in [("log_statement", "all", "'ddl'"), ("log_min_duration_statement", "0", "5000")] {
        if let Some(setting) = server.setting(name).filter(|setting| setting.value.text == bad) {
            out.push(Report::at(setting.site, "every statement is logged with its values").fix(replace(deployment, setting.value.site, good, "log less", None)));
        }
    }
}
