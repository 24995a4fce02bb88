//! The database manager is open, and its master password is weak.
//!
//! ## What it does
//!
//! Joins an open database manager, seen from outside or in the proxy's configuration, with a master password that is
//! the default one or easy to guess.
//!
//! ## Why it matters
//!
//! Anybody can download, replace or delete every database with a few tries. Neither finding alone says so.
//!
//! ## Bad
//!
//! ```toml
//! finding = [{ rule = "site-database-manager-open" }, { rule = "odoo-master-password-weak" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "site-database-manager-open" }]
//! ```
//!
//! ## How to fix
//!
//! Close `/web/database` at the proxy, set `list_db = False`, and set a long random `admin_passwd`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1391.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta =
    RuleMeta::new("manager-open-with-weak-password", "JOI001", Group::Joined, Severity::Critical, 1391);

const MANAGER: &[&str] = &[
    "site-database-manager-open",
    "site-database-manager-unclaimed",
    "site-database-manager-served",
    "proxy-database-manager",
];
const MASTER: &[&str] = &["odoo-master-password-default", "odoo-master-password-weak", "site-master-password-latent"];

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    view.chain(&[MANAGER, MASTER], "the database manager is open and the master password can be guessed: every database can be taken, replaced or deleted")
}
