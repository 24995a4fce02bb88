//! Odoo connects as PostgreSQL's superuser.
//!
//! ## What it does
//!
//! Reports `db_user = postgres`, on any source that counts.
//!
//! ## Why it matters
//!
//! Every SQL injection becomes commands on the database host (`COPY ... FROM PROGRAM`), and every database of the
//! cluster is open. Odoo itself refuses this role at start.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! db_user = postgres
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
//! Make a role of its own: `CREATE ROLE odoo LOGIN NOSUPERUSER NOCREATEROLE;`, let it own the database, and name it
//! here.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-database-superuser", "ODO012", Group::Odoo, Severity::Critical, 250);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(_: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("db_user");
    if setting.value.text() == "postgres" {
        out.push(Report::at(odoo.place_of(&setting), "Odoo connects as the superuser `postgres`"));
    }
}
