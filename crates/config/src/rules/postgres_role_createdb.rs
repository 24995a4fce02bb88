//! The database role of Odoo may make databases although Odoo does not.
//!
//! ## What it does
//!
//! Reports CREATEDB of a role whose Odoo has the database manager switched off, as PostgreSQL told it.
//!
//! ## Why it matters
//!
//! A break-in may copy the database under another name and drop the original.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! db_user = odoo
//! list_db = False
//! ==> facts <==
//! {"roles": [{"name": "odoo", "create_database": true}]}
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
//! {"roles": [{"name": "odoo", "create_database": false}]}
//! ```
//!
//! ## How to fix
//!
//! `ALTER ROLE odoo NOCREATEDB;`; let another role own the database.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-role-createdb", "PGS021", Group::Postgres, Severity::Low, 250).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("db_user");
    let name = setting.value.text();
    let may = deployment.facts.roles.iter().any(|role| role.name == name && role.create_database && !role.superuser);
    if may && !odoo.setting("list_db").value.truth() {
        out.push(Report::at(odoo.place_of(&setting), format!("the role {name} may make databases")));
    }
}
