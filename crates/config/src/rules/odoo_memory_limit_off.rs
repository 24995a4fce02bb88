//! A memory limit is switched off.
//!
//! ## What it does
//!
//! Reports `limit_memory_soft`, `limit_memory_hard` and their gevent twins that are 0, for servers with workers.
//!
//! ## Why it matters
//!
//! One heavy request or report takes all memory, and the kernel ends PostgreSQL or Odoo.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! workers = 4
//! limit_memory_hard = 0
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! workers = 4
//! limit_memory_hard = 2684354560
//! ```
//!
//! ## How to fix
//!
//! Leave the defaults (2 GiB soft, 2.5 GiB hard) or fit them to the machine.
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

pub(super) const META: RuleMeta = RuleMeta::new("odoo-memory-limit-off", "ODO020", Group::Odoo, Severity::Medium, 770);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    for (name, default) in [
        ("limit_memory_soft", "2147483648"),
        ("limit_memory_hard", "2684354560"),
        ("limit_memory_soft_gevent", "2147483648"),
        ("limit_memory_hard_gevent", "2684354560"),
    ] {
        let setting = odoo.setting(name);
        if setting.origin != Origin::Default && setting.value.number() == Some(0.0) {
            out.push(Report::at(odoo.place_of(&setting), format!("`{name}` is 0: no limit")).fix(set_option(deployment, odoo, name, default)));
        }
    }
}
