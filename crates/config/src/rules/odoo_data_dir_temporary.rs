//! The data directory lies in a temporary folder.
//!
//! ## What it does
//!
//! Reports `data_dir` below `/tmp`, `/var/tmp` or `/dev/shm`.
//!
//! ## Why it matters
//!
//! Everybody on the machine may write there: a folder that is made first, with sessions in it, gives code execution in
//! series that load sessions with pickle. Clean-up jobs delete attachments.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! data_dir = /tmp/odoo
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! data_dir = /var/lib/odoo
//! ```
//!
//! ## How to fix
//!
//! Move the data directory to a folder of the service user, such as `/var/lib/odoo`, with mode 0750.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/379.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-data-dir-temporary", "ODO007", Group::Odoo, Severity::High, 379);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(_: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("data_dir");
    let path = setting.value.text();
    if ["/tmp", "/var/tmp", "/dev/shm"].iter().any(|folder| path == *folder || path.starts_with(&format!("{folder}/"))) {
        out.push(Report::at(odoo.place_of(&setting), format!("the data directory {path} lies in a temporary folder")));
    }
}
