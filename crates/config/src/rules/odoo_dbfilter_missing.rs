//! Any host name may choose any database.
//!
//! ## What it does
//!
//! Reports a server without `dbfilter`, or with one that matches everything, unless `db_name` names the only database.
//!
//! ## Why it matters
//!
//! Visitors see and choose databases that are not for them: test copies with weak passwords, other companies of the
//! same server.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! list_db = False
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! dbfilter = ^prod$
//! ```
//!
//! ## How to fix
//!
//! Set `dbfilter` to the one database (`^prod$`) or to one derived from the host name (`^%d$`), and `db_name` too.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/284.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_option};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-dbfilter-missing", "ODO014", Group::Odoo, Severity::Medium, 284);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("dbfilter");
    if !matches!(setting.value.text().trim(), "" | ".*" | "^.*$" | "^.*" | ".*$" | "False" | "None") {
        return;
    }
    let names = odoo.setting("db_name").value.list();
    if names.len() == 1 {
        return;
    }
    let report = Report::at(odoo.place_of(&setting), "no `dbfilter` is set: any host name may choose any database");
    out.push(match odoo.databases.as_slice() {
        [_] => report.severity(Severity::Low),
        [first, second, ..] => Report {
            message: format!("no `dbfilter` is set, and there are {} databases ({first}, {second} ...)", odoo.databases.len()),
            ..report
        },
        [] => report,
    });
    if let ([one], Some(last)) = (odoo.databases.as_slice(), out.last_mut()) {
        last.fix = set_option(deployment, odoo, "dbfilter", &format!("^{}$", regex::escape(one)));
    }
}
