//! The guard against unsafe operations is switched off.
//!
//! ## What it does
//!
//! Reports `unsafe_policy = disable`.
//!
//! ## Why it matters
//!
//! Odoo 20.0 notices unsafe operations of add-ons; without the guard they pass unseen.
//!
//! ## Bad
//!
//! ```ini odoo-20.0
//! [options]
//! unsafe_policy = disable
//! ```
//!
//! ## Good
//!
//! ```ini odoo-20.0
//! [options]
//! unsafe_policy = raise
//! ```
//!
//! ## How to fix
//!
//! Set it to `raise`, or at least `log`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/693.html>

use castellan_model::{Group, RuleMeta, SeriesRange, Severity};

use super::helpers::{set_option};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-unsafe-policy", "ODO036", Group::Odoo, Severity::Medium, 693).series(SeriesRange::since(20));

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("unsafe_policy");
    if setting.value.text() == "disable" {
        out.push(Report::at(odoo.place_of(&setting), "`unsafe_policy` is `disable`").fix(set_option(deployment, odoo, "unsafe_policy", "raise")));
    }
}
