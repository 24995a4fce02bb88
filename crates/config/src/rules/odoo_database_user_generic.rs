//! The database role has a name that everybody guesses.
//!
//! ## What it does
//!
//! Reports roles named `odoo`, `openerp` or `admin`.
//!
//! ## Why it matters
//!
//! It spares an attacker one guess. With a strong password and narrow `pg_hba.conf` lines that is acceptable.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! db_user = odoo
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! db_user = erp_prod
//! ```
//!
//! ## How to fix
//!
//! Name the role after the deployment when you make a new one.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/340.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-database-user-generic", "ODO013", Group::Odoo, Severity::Info, 340).persona(Persona::Auditor);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(_: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("db_user");
    if matches!(setting.value.text().as_str(), "odoo" | "openerp" | "admin") {
        out.push(Report::at(odoo.place_of(&setting), format!("the role is named `{}`", setting.value.text())));
    }
}
