//! Everybody on the machine may read a backup.
//!
//! ## What it does
//!
//! Reports dumps and archives that others may read in the usual folders of backups.
//!
//! ## Why it matters
//!
//! A dump holds everything: records, password hashes, keys, tokens.
//!
//! ## Bad
//!
//! ```ini
//! ==> /var/backups/odoo/prod.dump 0644 root root <==
//! x
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /var/backups/odoo/prod.dump 0600 root root <==
//! x
//! ```
//!
//! ## How to fix
//!
//! `chmod 600`, folder 0700, and `umask 077` in the script.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/732.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_mode};
use crate::deployment::Deployment;
use crate::host::Kind;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("backup-readable", "HST015", Group::Host, Severity::High, 732);

pub(super) const CHECK: Check = Check::Host(check);

fn check(deployment: &Deployment, out: &mut Vec<Report>) {
    for (path, attributes) in &deployment.attributes {
        let is_dump = [".dump", ".sql", ".sql.gz", ".sql.xz", ".sql.zst", ".backup", ".zip", ".tar.gz", ".tgz", ".bak"].iter().any(|end| path.ends_with(end));
        let place = ["/var/backups/", "/backup", "/opt/odoo", "/srv/backup", "/home/odoo/", "/root/backup", "/var/lib/odoo/backup", "/mnt/backup", "/data/backup"].iter().any(|start| path.starts_with(start));
        if is_dump && place && attributes.kind == Kind::File && attributes.world_readable() && super::helpers::reachable(deployment, path) {
            out.push(Report::at(deployment.path_place(path), "everybody on the machine may read this backup").fix(set_mode(path, 0o600)));
        }
    }
}
