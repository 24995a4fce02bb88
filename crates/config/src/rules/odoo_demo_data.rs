//! New databases get demonstration data.
//!
//! ## What it does
//!
//! Reports servers whose new databases come with demo data: up to 18.0 unless `without_demo` says otherwise, from 19.0
//! only with `with_demo`.
//!
//! ## Why it matters
//!
//! Demo data brings the accounts `demo`/`demo` and `portal`/`portal`, with internal access.
//!
//! ## Bad
//!
//! ```ini odoo-16.0
//! [options]
//! without_demo = False
//! ```
//!
//! ## Good
//!
//! ```ini odoo-16.0
//! [options]
//! without_demo = all
//! ```
//!
//! ## How to fix
//!
//! Set `without_demo = all` (up to 18.0) or leave `with_demo` off (19.0).
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1392.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_option};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::effective::Origin;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-demo-data", "ODO038", Group::Odoo, Severity::Medium, 1392);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let (on, setting, fix) = if odoo.series.major() >= 19 {
        let setting = odoo.setting("with_demo");
        (setting.value.truth(), setting, set_option(deployment, odoo, "with_demo", "False"))
    } else {
        let setting = odoo.setting("without_demo");
        let on = !setting.value.truth() || setting.value.text() == "None";
        (on, setting, set_option(deployment, odoo, "without_demo", "all"))
    };
    if on {
        let report = Report::at(odoo.place_of(&setting), "new databases get demonstration data and its well-known accounts").fix(fix);
        out.push(if setting.origin == Origin::Default { report.severity(Severity::Low) } else { report });
    }
}
