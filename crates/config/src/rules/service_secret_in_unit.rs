//! A password stands in a service unit.
//!
//! ## What it does
//!
//! Reports `Environment=` with a password or secret. Units can be read by everybody (`systemctl show`).
//!
//! ## Why it matters
//!
//! Every account of the machine gets the password.
//!
//! ## Bad
//!
//! ```systemd
//! [Service]
//! User=odoo
//! Environment=PGPASSWORD=kX7-correct-horse-battery
//! ExecStart=/usr/bin/odoo -c /etc/odoo/odoo.conf
//! ```
//!
//! ## Good
//!
//! ```systemd
//! [Service]
//! User=odoo
//! ExecStart=/usr/bin/odoo -c /etc/odoo/odoo.conf
//! ```
//!
//! ## How to fix
//!
//! Move it into a file that only the service user reads (`EnvironmentFile=` with mode 0640), or `LoadCredential=`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/522.html>
//! * systemd.exec(5): <https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{secretish};
use crate::deployment::Deployment;
use crate::deployment::units::Unit;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("service-secret-in-unit", "SVC002", Group::Service, Severity::High, 522);

pub(super) const CHECK: Check = Check::Unit(check);

fn check(_: &Deployment, unit: &Unit, out: &mut Vec<Report>) {
    for one in unit.all("Service", "Environment") {
        let secret = crate::read::systemd::split(&one.value.text).into_iter().find_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            (secretish(name) && !value.is_empty() && !value.starts_with('/')).then(|| name.to_owned())
        });
        if let Some(name) = secret {
            out.push(Report::at(one.key.site, format!("`{name}` stands in {}", unit.name)));
        }
    }
}
