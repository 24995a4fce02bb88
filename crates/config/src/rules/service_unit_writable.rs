//! Others may change what the service starts.
//!
//! ## What it does
//!
//! Reports a unit file, or the program that it starts, that others or the service user may write to.
//!
//! ## Why it matters
//!
//! Whoever writes it runs code as the service at the next start, as root with `ExecStartPre=+`.
//!
//! ## Bad
//!
//! ```systemd
//! ==> /etc/systemd/system/odoo.service 0666 root root <==
//! [Service]
//! User=odoo
//! ExecStart=/usr/bin/odoo -c /etc/odoo/odoo.conf
//! ```
//!
//! ## Good
//!
//! ```systemd
//! ==> /etc/systemd/system/odoo.service 0644 root root <==
//! [Service]
//! User=odoo
//! ExecStart=/usr/bin/odoo -c /etc/odoo/odoo.conf
//! ```
//!
//! ## How to fix
//!
//! Set owner root and mode 0644 on the unit, 0755 on the program.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/732.html>
//! * systemd.exec(5): <https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_mode};
use crate::deployment::Deployment;
use crate::deployment::units::Unit;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("service-unit-writable", "SVC004", Group::Service, Severity::Critical, 732);

pub(super) const CHECK: Check = Check::Unit(check);

fn check(deployment: &Deployment, unit: &Unit, out: &mut Vec<Report>) {
    let user = unit.text("User").and_then(|name| deployment.user_named(name));
    let mut paths = vec![unit.path.clone()];
    paths.extend(unit.command().into_iter().flat_map(|(words, _)| words.into_iter().take(2)).filter(|word| word.starts_with('/') && !word.ends_with(".conf")));
    for path in paths {
        let Some(attributes) = deployment.attributes(&path) else { continue };
        if attributes.world_writable() {
            out.push(Report::at(deployment.path_place(&path), format!("everybody on the machine may change {path}")).fix(set_mode(&path, attributes.mode & !0o022)));
        } else if user.is_some_and(|user| deployment.may_write(user, &path)) {
            out.push(Report::at(deployment.path_place(&path), format!("the service user may change {path}, which the service starts")).severity(Severity::High));
        }
    }
}
