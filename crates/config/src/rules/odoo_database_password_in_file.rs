//! The password of the database role stands in the configuration file.
//!
//! ## What it does
//!
//! Reports `db_password` in the file.
//!
//! ## Why it matters
//!
//! Copies of the file, in backups and repositories, carry the key to all data.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! db_password = kX7-correct-horse-battery
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! db_user = odoo
//! ```
//!
//! ## How to fix
//!
//! On one machine use the socket with `peer`; otherwise a `PGPASSFILE` or the environment of the service, readable by
//! the service user only.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/260.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::effective::Origin;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-database-password-in-file", "ODO010", Group::Odoo, Severity::Info, 260).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(_: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("db_password");
    if setting.origin == Origin::File && setting.value.truth() {
        out.push(Report::at(odoo.place_of(&setting), "the password of the database role stands in the file"));
    }
}
