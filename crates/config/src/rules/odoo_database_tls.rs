//! The connection to a remote database may be unencrypted.
//!
//! ## What it does
//!
//! Reports a `db_host` on another machine with `db_sslmode` `disable`, `allow` or `prefer` (the default). A service
//! name of a compose project is judged there.
//!
//! ## Why it matters
//!
//! Everybody on the way reads all records and password hashes, and may pretend to be the server, because these modes
//! accept a plain connection or any certificate.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! db_host = db.example.com
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! db_host = db.example.com
//! db_sslmode = verify-full
//! ```
//!
//! ## How to fix
//!
//! Set `db_sslmode = verify-full` and give PostgreSQL a certificate that the host name is in; `require` encrypts
//! without checking who answers.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>
//! * PostgreSQL documentation, "SSL Support": <https://www.postgresql.org/docs/current/libpq-ssl.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_option};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-database-tls", "ODO011", Group::Odoo, Severity::High, 319);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    if !odoo.remote_database() || odoo.in_container() {
        return;
    }
    let setting = odoo.setting("db_sslmode");
    let mode = setting.value.text();
    if !matches!(mode.as_str(), "disable" | "allow" | "prefer" | "" | "False") {
        return;
    }
    let host = odoo.setting("db_host");
    let message = format!("db_sslmode is {}, so the connection to {} may be plain", if mode.is_empty() { "prefer" } else { &mode }, host.value.text());
    let place = if setting.site.is_some() { odoo.place_of(&setting) } else { odoo.place_of(&host) };
    out.push(Report::at(place, message).fix(set_option(deployment, odoo, "db_sslmode", "verify-full")));
}
