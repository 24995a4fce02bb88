//! A time limit is off or longer than an hour.
//!
//! ## What it does
//!
//! Reports `limit_time_cpu`, `limit_time_real` and `limit_time_real_cron` that are 0 or above 3600 seconds.
//!
//! ## Why it matters
//!
//! A handful of slow requests holds every worker, by accident or on purpose.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! limit_time_real = 0
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! limit_time_real = 120
//! ```
//!
//! ## How to fix
//!
//! Set `limit_time_cpu = 60` and `limit_time_real = 120`, more where long reports need it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/770.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_option};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::effective::Origin;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-time-limit-off", "ODO021", Group::Odoo, Severity::Low, 770);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    for (name, default) in [("limit_time_cpu", "60"), ("limit_time_real", "120"), ("limit_time_real_cron", "600")] {
        let setting = odoo.setting(name);
        let Some(number) = setting.value.number().filter(|_| setting.origin != Origin::Default) else { continue };
        if number == 0.0 || number > 3600.0 {
            let message = if number == 0.0 { format!("`{name}` is 0: no limit") } else { format!("`{name}` is {number} seconds") };
            out.push(Report::at(odoo.place_of(&setting), message).fix(set_option(deployment, odoo, name, default)));
        }
    }
}
