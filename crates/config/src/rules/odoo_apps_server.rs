//! Module downloads are redirected to another server.
//!
//! ## What it does
//!
//! Reports `apps_server` with a value.
//!
//! ## Why it matters
//!
//! Modules are code: the server named here runs what it likes inside Odoo whenever an administrator installs from it.
//!
//! ## Bad
//!
//! ```ini odoo-16.0
//! [options]
//! apps_server = http://apps.example.com
//! ```
//!
//! ## Good
//!
//! ```ini odoo-16.0
//! [options]
//! list_db = False
//! ```
//!
//! ## How to fix
//!
//! Remove the option; install modules from reviewed sources.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/494.html>

use castellan_model::{Group, RuleMeta, SeriesRange, Severity};

use super::helpers::{remove_lines};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::effective::Origin;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-apps-server", "ODO006", Group::Odoo, Severity::High, 494).series(SeriesRange::until(17));

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("apps_server");
    if setting.origin == Origin::Default || !setting.value.truth() || setting.value.text().starts_with("https://apps.odoo.com") {
        return;
    }
    let fix = setting.site.and_then(|site| remove_lines(deployment, site, "remove `apps_server`"));
    out.push(Report::at(odoo.place_of(&setting), format!("modules are downloaded from {}", setting.value.text())).fix(fix));
}
