//! Everybody on the machine may read Odoo's log.
//!
//! ## What it does
//!
//! Reports a log file that others may read.
//!
//! ## Why it matters
//!
//! Request lines carry reset and share tokens, login lines names and addresses.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! logfile = /var/log/odoo/odoo.log
//! ==> /var/log/odoo/odoo.log 0644 odoo odoo <==
//! x
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! logfile = /var/log/odoo/odoo.log
//! ==> /var/log/odoo/odoo.log 0640 odoo adm <==
//! x
//! ```
//!
//! ## How to fix
//!
//! Set mode 0640 on the log and `create 0640 odoo adm` in logrotate.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/532.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_mode};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-log-readable", "ODO045", Group::Odoo, Severity::Low, 532);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let path = odoo.setting("logfile").value.text();
    if deployment.attributes(&path).is_some_and(crate::host::Attributes::world_readable) {
        out.push(Report::at(deployment.path_place(&path), "everybody on the machine may read Odoo's log").fix(set_mode(&path, 0o640)));
    }
}
