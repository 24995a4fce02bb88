//! Backups can be read by others, and they hold what opens the rest.
//!
//! ## What it does
//!
//! Joins backups that other accounts or everybody can read with weakly stored passwords or secrets in the database.
//!
//! ## Why it matters
//!
//! A copy of the database is the database, without its log-in.
//!
//! ## Bad
//!
//! ```toml
//! finding = [{ rule = "site-dump-exposed" }, { rule = "user-password-weak-hash" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "site-dump-exposed" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "user-password-weak-hash" }]
//! ```
//!
//! ## How to fix
//!
//! Encrypt backups and give them to one account; let users with old hashes log in once, or set new passwords.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/732.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta = RuleMeta::new("backup-can-be-read", "JOI020", Group::Joined, Severity::High, 732);

const BACKUP: &[&str] = &["backup-readable", "site-dump-exposed", "backup-script-password", "odoo-data-readable"];
const INSIDE: &[&str] =
    &["user-password-weak-hash", "user-password-clear", "parameter-secret", "user-password-guessed"];

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    view.chain(
        &[BACKUP, INSIDE],
        "backups or files of Odoo can be read by others, and the database holds passwords or secrets that open more",
    )
}
