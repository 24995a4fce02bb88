//! No scheduled job runs on this server.
//!
//! ## What it does
//!
//! Reports `max_cron_threads = 0`.
//!
//! ## Why it matters
//!
//! Mail, clean-up of sessions and keys, and scheduled security jobs stand still unless another server runs them.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! max_cron_threads = 0
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! max_cron_threads = 1
//! ```
//!
//! ## How to fix
//!
//! Leave one or two, or make sure that another server of the same database runs the jobs.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1188.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::effective::Origin;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-cron-off", "ODO028", Group::Odoo, Severity::Low, 1188).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(_: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("max_cron_threads");
    if setting.origin != Origin::Default && setting.value.number() == Some(0.0) {
        out.push(Report::at(odoo.place_of(&setting), "`max_cron_threads` is 0: no scheduled job runs here"));
    }
}
