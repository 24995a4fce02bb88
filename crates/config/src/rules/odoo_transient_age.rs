//! Data of wizards is kept for more than a day.
//!
//! ## What it does
//!
//! Reports `transient_age_limit` (`osv_memory_age_limit`) above 24 hours.
//!
//! ## Why it matters
//!
//! Wizards hold copies of personal data, import files and passwords in the making.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! transient_age_limit = 100
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! transient_age_limit = 1
//! ```
//!
//! ## How to fix
//!
//! Set it to one hour, the default.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/212.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_option};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-transient-age", "ODO035", Group::Odoo, Severity::Low, 212);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let name = if odoo.series.major() >= 14 { "transient_age_limit" } else { "osv_memory_age_limit" };
    let setting = odoo.setting(name);
    if let Some(hours) = setting.value.number().filter(|hours| *hours > 24.0) {
        out.push(Report::at(odoo.place_of(&setting), format!("data of wizards is kept for {hours} hours")).fix(set_option(deployment, odoo, name, "1")));
    }
}
