//! Databases can be deleted from outside, and there is no backup.
//!
//! ## What it does
//!
//! Joins an open database manager with a host on which no backup was found.
//!
//! ## Why it matters
//!
//! What is deleted is gone.
//!
//! ## Bad
//!
//! ```toml
//! finding = [{ rule = "site-database-manager-open" }, { rule = "host-no-backup" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "site-database-manager-open" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "host-no-backup" }]
//! ```
//!
//! ## How to fix
//!
//! Make a backup now, then close the database manager.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/693.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta = RuleMeta::new("no-way-back", "JOI016", Group::Joined, Severity::Critical, 693);

const MANAGER: &[&str] = &[
    "site-database-manager-default",
    "site-database-manager-open",
    "site-database-manager-unclaimed",
    "site-database-manager-served",
    "proxy-database-manager",
];
const BACKUP: &[&str] = &["host-no-backup"];

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    view.chain(&[MANAGER, BACKUP], "databases can be deleted through the database manager, and no backup was found")
}
