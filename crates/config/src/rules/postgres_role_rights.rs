//! The database role of Odoo has rights that it does not need.
//!
//! ## What it does
//!
//! Reports CREATEROLE, REPLICATION, BYPASSRLS and membership in the predefined roles that read files, run programs or
//! read all data, as PostgreSQL told them.
//!
//! ## Why it matters
//!
//! Each of them leads from one SQL injection to the whole cluster or to the database host.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! db_user = odoo
//! list_db = False
//! ==> facts <==
//! {"roles": [{"name": "odoo", "create_role": true}]}
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
//! {"roles": [{"name": "odoo", "create_role": false}]}
//! ```
//!
//! ## How to fix
//!
//! `ALTER ROLE odoo NOCREATEROLE NOREPLICATION NOBYPASSRLS;` and `REVOKE pg_execute_server_program FROM odoo;`
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-role-rights", "PGS020", Group::Postgres, Severity::High, 250);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("db_user");
    let name = setting.value.text();
    let Some(role) = deployment.facts.roles.iter().find(|role| role.name == name && !role.superuser) else { return };
    let mut rights: Vec<&str> = Vec::new();
    for (has, right) in [(role.create_role, "CREATEROLE"), (role.replication, "REPLICATION"), (role.bypass_row_security, "BYPASSRLS")] {
        if has {
            rights.push(right);
        }
    }
    rights.extend(role.member_of.iter().map(String::as_str));
    if !rights.is_empty() {
        out.push(Report::at(odoo.place_of(&setting), format!("the role {name} has {}", rights.join(", "))));
    }
}
