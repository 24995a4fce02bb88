//! The password of the mail server stands in the configuration file.
//!
//! ## What it does
//!
//! Reports `smtp_password` in the file.
//!
//! ## Why it matters
//!
//! Copies of the file, in backups and repositories, let others send mail in the company's name.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! smtp_password = kX7-correct-horse-battery
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! smtp_server = localhost
//! ```
//!
//! ## How to fix
//!
//! Use a local relay without password, or the environment of the service from 19.0.
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

pub(super) const META: RuleMeta = RuleMeta::new("odoo-smtp-password-in-file", "ODO032", Group::Odoo, Severity::Info, 260).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(_: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("smtp_password");
    if setting.origin == Origin::File && setting.value.truth() {
        out.push(Report::at(odoo.place_of(&setting), "the password of the mail server stands in the file"));
    }
}
