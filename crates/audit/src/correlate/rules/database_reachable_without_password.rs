//! PostgreSQL is reachable from the network and lets people in without a good password.
//!
//! ## What it does
//!
//! Joins a PostgreSQL that listens to the network, or whose port is published, with trust, a weak password or a remote
//! superuser.
//!
//! ## Why it matters
//!
//! The whole database can be read and changed past Odoo, its users and its rights.
//!
//! ## Bad
//!
//! ```toml
//! finding = [{ rule = "postgres-listens-everywhere" }, { rule = "postgres-trust" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "postgres-listens-everywhere" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "postgres-trust" }]
//! ```
//!
//! ## How to fix
//!
//! Let PostgreSQL listen on loopback or a private network, and demand `scram-sha-256` in pg_hba.conf.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/306.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta =
    RuleMeta::new("database-reachable-without-password", "JOI012", Group::Joined, Severity::Critical, 306);

const REACHABLE: &[&str] = &[
    "site-postgres-port-open",
    "postgres-listens-everywhere",
    "postgres-wide-network",
    "container-database-published",
];
const OPEN: &[&str] = &[
    "postgres-trust",
    "odoo-database-password-weak",
    "container-database-trust",
    "container-database-password-weak",
    "postgres-superuser-remote",
];

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    view.chain(
        &[REACHABLE, OPEN],
        "PostgreSQL is reachable over the network and lets people in without a good password",
    )
}
