//! The running Odoo process belongs to root.
//!
//! ## What it does
//!
//! Reports a process of Odoo on this host whose effective user is root, containers left out.
//!
//! ## Why it matters
//!
//! Every flaw of Odoo or of a custom module is the whole machine.
//!
//! ## Bad
//!
//! ```ini
//! ==> facts <==
//! {"running": true, "processes": [{"pid": 9, "uid": 0, "command": ["/opt/odoo/odoo-bin"]}]}
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> facts <==
//! {"running": true, "processes": [{"pid": 9, "uid": 1000, "command": ["/opt/odoo/odoo-bin"]}]}
//! ```
//!
//! ## How to fix
//!
//! Run it as a user of its own, from a service unit.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("process-runs-as-root", "SVC007", Group::Service, Severity::Critical, 250);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let Some(process) = odoo.process.and_then(|index| deployment.facts.processes.get(index)) else { return };
    let contained = process.in_container();
    if process.uid == 0 && !contained {
        out.push(Report::at(deployment.process_place(process), format!("process {} of Odoo runs as root", process.pid)));
    }
}
