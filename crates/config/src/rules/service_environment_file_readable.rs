//! Everybody on the machine may read the environment of the service.
//!
//! ## What it does
//!
//! Reports an `EnvironmentFile=` that others may read and that holds a password or secret.
//!
//! ## Why it matters
//!
//! Every account of the machine gets the passwords.
//!
//! ## Bad
//!
//! ```systemd
//! ==> /etc/systemd/system/odoo.service <==
//! [Service]
//! User=odoo
//! ExecStart=/usr/bin/odoo -c /etc/odoo/odoo.conf
//! EnvironmentFile=/etc/default/odoo
//! ==> /etc/default/odoo 0644 root root <==
//! PGPASSWORD=kX7-correct-horse-battery
//! ```
//!
//! ## Good
//!
//! ```systemd
//! ==> /etc/systemd/system/odoo.service <==
//! [Service]
//! User=odoo
//! ExecStart=/usr/bin/odoo -c /etc/odoo/odoo.conf
//! EnvironmentFile=/etc/default/odoo
//! ==> /etc/default/odoo 0640 root odoo <==
//! PGPASSWORD=kX7-correct-horse-battery
//! ```
//!
//! ## How to fix
//!
//! Set mode 0640.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/732.html>
//! * systemd.exec(5): <https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{secretish, set_mode};
use crate::deployment::Deployment;
use crate::deployment::units::Unit;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("service-environment-file-readable", "SVC003", Group::Service, Severity::High, 732);

pub(super) const CHECK: Check = Check::Unit(check);

fn check(deployment: &Deployment, unit: &Unit, out: &mut Vec<Report>) {
    for one in unit.all("Service", "EnvironmentFile") {
        let path = one.value.text.trim_start_matches('-');
        let holds = deployment.files.iter().find(|file| file.path == path).is_some_and(|file| {
            file.text.lines().any(|line| line.split_once('=').is_some_and(|(name, value)| secretish(name.trim()) && !value.trim().is_empty()))
        });
        if holds && deployment.attributes(path).is_some_and(crate::host::Attributes::world_readable) {
            out.push(Report::at(deployment.path_place(path), "everybody on the machine may read the passwords in this file").related(one.site, "used here").fix(set_mode(path, 0o640)));
        }
    }
}
