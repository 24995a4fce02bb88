//! Everybody on the machine may read attachments or sessions.
//!
//! ## What it does
//!
//! Reports the data directory, its filestore and its sessions when others may enter and read them.
//!
//! ## Why it matters
//!
//! Attachments hold contracts and payslips; a session file name is a login.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! data_dir = /var/lib/odoo
//! ==> /var/lib/odoo/ 0755 odoo odoo <==
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! data_dir = /var/lib/odoo
//! ==> /var/lib/odoo/ 0750 odoo odoo <==
//! ```
//!
//! ## How to fix
//!
//! Set mode 0750 on the data directory; 0700 where no proxy reads the filestore.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/732.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_mode};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-data-readable", "ODO043", Group::Odoo, Severity::Medium, 732);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let data = odoo.setting("data_dir").value.text();
    let Some(outer) = deployment.attributes(&data).filter(|_| data.starts_with('/')) else { return };
    if outer.mode & 0o001 == 0 {
        return;
    }
    let sessions = format!("{data}/sessions");
    let open = [sessions.as_str(), data.as_str()].into_iter().find(|path| {
        deployment.attributes(path).is_some_and(|attributes| attributes.mode & 0o005 == 0o005)
    });
    if let Some(path) = open {
        let what = if path.ends_with("/sessions") { "sessions" } else { "attachments" };
        let report = Report::at(deployment.path_place(path), format!("everybody on the machine may read {what} in {path}")).fix(set_mode(path, 0o750));
        out.push(if what == "sessions" { report.severity(Severity::High) } else { report });
    }
}
