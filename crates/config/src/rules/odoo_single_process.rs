//! Odoo runs as one process without limits.
//!
//! ## What it does
//!
//! Reports `workers` below 2.
//!
//! ## Why it matters
//!
//! In threaded mode the limits on memory and time are not enforced: one heavy request stops the service for everybody.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! workers = 0
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! workers = 4
//! ```
//!
//! ## How to fix
//!
//! Set `workers` to about two times the cores plus one, with at least 2, and route `/websocket` (up to 15.0
//! `/longpolling`) to the evented port at the proxy.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/770.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_option};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-single-process", "ODO039", Group::Odoo, Severity::Medium, 770);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("workers");
    if setting.value.number().is_some_and(|number| number < 2.0) {
        let cores = deployment.facts.cores.unwrap_or(2);
        let value = (cores * 2 + 1).clamp(2, 16).to_string();
        out.push(Report::at(odoo.place_of(&setting), "`workers` is below 2: limits on memory and time are not enforced").fix(set_option(deployment, odoo, "workers", &value)));
    }
}
