//! Odoo may open more connections than PostgreSQL takes.
//!
//! ## What it does
//!
//! Compares `max_connections` with `db_maxconn` times the processes of the Odoo servers of this host.
//!
//! ## Why it matters
//!
//! Under load logins fail with "too many connections", for everybody.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! workers = 8
//! db_maxconn = 64
//! ==> /etc/postgresql/16/main/postgresql.conf <==
//! max_connections = 100
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! workers = 8
//! db_maxconn = 8
//! ==> /etc/postgresql/16/main/postgresql.conf <==
//! max_connections = 100
//! ```
//!
//! ## How to fix
//!
//! Lower `db_maxconn` (a worker rarely needs more than 8) or raise `max_connections`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/770.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::postgres::PostgresServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("postgres-too-few-connections", "PGS018", Group::Postgres, Severity::Low, 770).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Postgres(check);

fn check(deployment: &Deployment, server: &PostgresServer, out: &mut Vec<Report>) {
    let Some(setting) = server.setting("max_connections") else { return };
    let Ok(limit) = setting.value.text.parse::<f64>() else { return };
    for odoo in deployment.odoos.iter().filter(|odoo| !odoo.remote_database()) {
        let number = |name: &str, default: f64| odoo.setting(name).value.number().unwrap_or(default);
        let workers = number("workers", 0.0);
        if workers < 1.0 {
            continue;
        }
        let needed = (workers + number("max_cron_threads", 2.0) + 1.0) * number("db_maxconn", 64.0);
        if needed > limit {
            out.push(Report::at(setting.site, format!("Odoo may open {needed} connections, PostgreSQL takes {limit}")).related(odoo.place_of(&odoo.setting("db_maxconn")), "connections of each process"));
        }
    }
}
