//! No log is kept.
//!
//! ## What it does
//!
//! Reports a server without `logfile` and `syslog` that no service unit or container runs, so that nothing collects
//! its output.
//!
//! ## Why it matters
//!
//! After an incident nobody can tell who logged in from where.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! list_db = False
//! ==> facts <==
//! {"running": true, "processes": [{"pid": 9, "uid": 1000, "command": ["/opt/odoo/odoo-bin", "-c", "/etc/odoo/odoo.conf"]}]}
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! logfile = /var/log/odoo/odoo.log
//! ==> facts <==
//! {"running": true, "processes": [{"pid": 9, "uid": 1000, "command": ["/opt/odoo/odoo-bin", "-c", "/etc/odoo/odoo.conf"]}]}
//! ```
//!
//! ## How to fix
//!
//! Set `logfile`, or run Odoo under systemd, which keeps its output in the journal.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/778.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-no-log", "ODO047", Group::Odoo, Severity::Low, 778);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(_: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let kept = odoo.setting("logfile").value.truth() || odoo.setting("syslog").value.truth();
    if !kept && odoo.process.is_some() && odoo.unit.is_none() && odoo.container.is_none() {
        let setting = odoo.setting("logfile");
        out.push(Report::at(odoo.place_of(&setting), "neither `logfile` nor `syslog` is set, and nothing collects the output"));
    }
}
