//! The log goes into the database.
//!
//! ## What it does
//!
//! Reports `log_db` with a value.
//!
//! ## Why it matters
//!
//! Whoever may read `ir.logging` reads the log, an attacker with SQL cleans it, and it fills the database.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! log_db = prod
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! logfile = /var/log/odoo/odoo.log
//! ```
//!
//! ## How to fix
//!
//! Log to a file or the journal and ship it to another host.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/779.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{remove_lines};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::effective::Origin;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-log-in-database", "ODO046", Group::Odoo, Severity::Low, 779);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("log_db");
    if setting.origin != Origin::Default && setting.value.truth() && setting.value.text() != "None" {
        let fix = setting.site.and_then(|site| remove_lines(deployment, site, "remove `log_db`"));
        out.push(Report::at(odoo.place_of(&setting), format!("the log goes into the database {}", setting.value.text())).fix(fix));
    }
}
