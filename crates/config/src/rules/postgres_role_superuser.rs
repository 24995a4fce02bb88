//! The database role of Odoo is a superuser.
//!
//! ## What it does
//!
//! Compares the role of each Odoo server with the roles that PostgreSQL told (`castellan scan --postgres CONNECTION`).
//!
//! ## Why it matters
//!
//! Every SQL injection becomes commands on the database host (`COPY ... FROM PROGRAM`), and every database of the
//! cluster is open.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! db_user = odoo
//! list_db = False
//! ==> facts <==
//! {"roles": [{"name": "odoo", "superuser": true}]}
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! db_user = odoo
//! list_db = False
//! ==> facts <==
//! {"roles": [{"name": "odoo", "superuser": false}]}
//! ```
//!
//! ## How to fix
//!
//! `ALTER ROLE odoo NOSUPERUSER;`
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-role-superuser", "PGS019", Group::Postgres, Severity::Critical, 250);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("db_user");
    let name = setting.value.text();
    if deployment.facts.roles.iter().any(|role| role.name == name && role.superuser) {
        out.push(Report::at(odoo.place_of(&setting), format!("the role {name} is a superuser of PostgreSQL")));
    }
}
