//! Odoo runs as root.
//!
//! ## What it does
//!
//! Reports a unit without `User=`, or with `User=root`, and without `DynamicUser=yes`.
//!
//! ## Why it matters
//!
//! Every flaw of Odoo or of a custom module is the whole machine: all databases, backups and keys.
//!
//! ## Bad
//!
//! ```systemd
//! [Service]
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
//! Make a user of its own (`useradd --system --home /var/lib/odoo --shell /usr/sbin/nologin odoo`) and set
//! `User=odoo`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>
//! * systemd.exec(5): <https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{drop_in};
use crate::deployment::Deployment;
use crate::deployment::units::Unit;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("service-runs-as-root", "SVC001", Group::Service, Severity::Critical, 250);

pub(super) const CHECK: Check = Check::Unit(check);

fn check(deployment: &Deployment, unit: &Unit, out: &mut Vec<Report>) {
    let user = unit.get("Service", "User");
    let root = user.is_none_or(|user| matches!(user.value.text.as_str(), "root" | "0"));
    if root && unit.truth("DynamicUser") != Some(true) {
        let place = user.map_or_else(|| unit.place(), |user| user.site);
        // Only where the data belongs to that user already: otherwise the service could not write it.
        let data = crate::deployment::units::server_of(deployment, unit).map(|odoo| odoo.setting("data_dir").value.text());
        let owner = data.and_then(|path| deployment.attributes(&path)).map(|attributes| attributes.uid);
        let ready = deployment.user_named("odoo").is_some_and(|user| Some(user.uid) == owner);
        let fix = ready.then(|| drop_in(unit, "user", "[Service]\nUser=odoo\nGroup=odoo\n", "run as the user odoo")).flatten();
        out.push(Report::at(place, format!("{} runs as root", unit.name)).fix(fix));
    }
}
