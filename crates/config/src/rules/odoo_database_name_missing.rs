//! No database name is set.
//!
//! ## What it does
//!
//! Reports a server without `db_name`.
//!
//! ## Why it matters
//!
//! Scheduled jobs run for every database that the role sees, restored copies included, which then send mail and
//! payments again. The choice of the database hangs on `dbfilter` alone.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! dbfilter = ^prod$
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! db_name = prod
//! dbfilter = ^prod$
//! ```
//!
//! ## How to fix
//!
//! Set `db_name` to the databases that this server serves.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1188.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-database-name-missing", "ODO008", Group::Odoo, Severity::Low, 1188).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(_: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("db_name");
    if !setting.value.truth() {
        out.push(Report::at(odoo.place_of(&setting), "no `db_name` is set, so jobs run for every database of the role"));
    }
}
