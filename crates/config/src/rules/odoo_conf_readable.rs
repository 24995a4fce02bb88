//! Everybody on the machine may read the configuration file.
//!
//! ## What it does
//!
//! Reports an `odoo.conf` that others may read or write, when it holds a password; one that others may write is
//! critical. Without passwords it is low.
//!
//! ## Why it matters
//!
//! Any account or service on the machine gets the master and database passwords; who may write it chooses where code
//! is loaded from.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf 0644 odoo odoo <==
//! [options]
//! db_password = kX7-correct-horse-battery
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf 0640 root odoo <==
//! [options]
//! db_password = kX7-correct-horse-battery
//! ```
//!
//! ## How to fix
//!
//! Set mode 0640 with owner root and the group of the service user.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/732.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_mode};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-conf-readable", "ODO041", Group::Odoo, Severity::High, 732);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let Some((id, _)) = &odoo.conf else { return };
    let Some(path) = deployment.file(*id).map(|file| file.path.clone()) else { return };
    let Some(attributes) = deployment.attributes(&path).filter(|_| deployment.is_system) else { return };
    let has_secret = deployment.secrets.iter().any(|secret| secret.file == *id);
    let (message, severity) = if attributes.world_writable() {
        ("everybody on the machine may change this file", Severity::Critical)
    } else if attributes.world_readable() && has_secret {
        ("everybody on the machine may read the passwords in this file", Severity::High)
    } else if attributes.world_readable() {
        ("everybody on the machine may read this file", Severity::Low)
    } else {
        return;
    };
    // Owner and group root: without the right for others the service could not read it any more.
    let readable = attributes.uid != 0 || attributes.gid != 0;
    let mode = if readable { 0o640 } else { attributes.mode & !0o022 };
    let fix = if mode == attributes.mode { None } else { set_mode(&path, mode) };
    out.push(Report::at(deployment.path_place(&path), message).severity(severity).fix(fix));
}
