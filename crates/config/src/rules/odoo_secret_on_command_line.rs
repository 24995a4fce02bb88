//! A password stands on the command line.
//!
//! ## What it does
//!
//! Reports `-w`, `--db_password` and `--smtp-password` in a process, a service unit or a compose project.
//!
//! ## Why it matters
//!
//! Every account of the machine reads command lines (`ps`), and so do monitoring and crash reports.
//!
//! ## Bad
//!
//! ```systemd
//! [Service]
//! ExecStart=/usr/bin/odoo -c /etc/odoo/odoo.conf --db_password=kX7-correct-horse-battery
//! ```
//!
//! ## Good
//!
//! ```systemd
//! [Service]
//! ExecStart=/usr/bin/odoo -c /etc/odoo/odoo.conf
//! ```
//!
//! ## How to fix
//!
//! Put the password into the configuration file (mode 0640), a `PGPASSFILE`, or a credential of the service.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/214.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::Place;
use crate::deployment::odoo::OdooServer;
use crate::odoo::options;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-secret-on-command-line", "ODO044", Group::Odoo, Severity::High, 214);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(_: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    for (argument, site) in &odoo.command {
        let secret = options::find(&argument.option).is_some_and(|fact| fact.secret);
        if secret && !argument.value.is_empty() && !argument.value.starts_with('$') {
            let place = site.map_or_else(|| odoo.place.clone(), Place::Site);
            out.push(Report::at(place, format!("`{}` stands on the command line", argument.option)));
        }
    }
}
