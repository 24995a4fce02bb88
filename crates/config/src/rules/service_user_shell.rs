//! The service user may log in.
//!
//! ## What it does
//!
//! Reports a service user whose shell is a login shell.
//!
//! ## Why it matters
//!
//! A leaked key or password of the service user is a session on the machine.
//!
//! ## Bad
//!
//! ```systemd
//! ==> /etc/systemd/system/odoo.service <==
//! [Service]
//! User=postgres
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
//! `usermod --shell /usr/sbin/nologin odoo`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::units::Unit;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("service-user-shell", "SVC006", Group::Service, Severity::Low, 250).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Unit(check);

fn check(deployment: &Deployment, unit: &Unit, out: &mut Vec<Report>) {
    let Some(user) = unit.text("User").and_then(|name| deployment.user_named(name)) else { return };
    if user.uid != 0 && !user.shell.is_empty() && !user.shell.ends_with("nologin") && !user.shell.ends_with("/false") {
        out.push(Report::at(user.site, format!("the service user {} has the shell {}", user.name, user.shell)));
    }
}
