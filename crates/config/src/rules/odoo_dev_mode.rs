//! Developer mode is switched on.
//!
//! ## What it does
//!
//! Reports a developer mode without a debugger that counts, and one that the file keeps for the day of the upgrade:
//! `dev_mode` in the file has no effect up to 18.0 and counts from 19.0.
//!
//! ## Why it matters
//!
//! Developer mode reloads code that changes on the disk, serves views from files and shows more in errors.
//!
//! ## Bad
//!
//! ```ini odoo-19.0
//! [options]
//! dev_mode = reload,qweb
//! ```
//!
//! ## Good
//!
//! ```ini odoo-19.0
//! [options]
//! workers = 4
//! ```
//!
//! ## How to fix
//!
//! Remove `dev_mode` and `--dev` on servers that others reach.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/489.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{remove_lines};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::effective::Origin;
use crate::rule::Check;
use crate::rule::Report;
use crate::source::Site;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-dev-mode", "ODO017", Group::Odoo, Severity::High, 489);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("dev_mode");
    let modes = setting.value.list();
    let has_debugger = modes.iter().any(|mode| matches!(mode.as_str(), "werkzeug" | "pdb" | "ipdb" | "pudb" | "wdb"));
    let fix = |site: Option<Site>| site.and_then(|site| remove_lines(deployment, site, "remove `dev_mode`"));
    if !modes.is_empty() && !has_debugger {
        let site = setting.site.filter(|_| setting.origin == Origin::File);
        out.push(Report::at(odoo.place_of(&setting), format!("developer mode is on: {}", modes.join(", "))).fix(fix(site)));
    }
    let dormant = odoo.conf.as_ref().and_then(|(_, ini)| ini.get("options", "dev_mode"));
    if let Some(entry) = dormant.filter(|entry| odoo.series.major() < 19 && !matches!(entry.value.text.as_str(), "" | "False" | "None")) {
        let message = format!("`dev_mode` in the file has no effect in {} and will count from 19.0", odoo.series);
        out.push(Report::at(entry.site, message).severity(Severity::Low).fix(fix(Some(entry.site))));
    }
}
