//! The workers together may take more memory than the machine has.
//!
//! ## What it does
//!
//! Reports workers whose soft limits together exceed the memory of the machine that was looked at.
//!
//! ## Why it matters
//!
//! Under load the kernel ends processes, PostgreSQL among them.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! workers = 16
//! ==> facts <==
//! {"memory": 8589934592, "cores": 8}
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! workers = 3
//! ==> facts <==
//! {"memory": 8589934592, "cores": 8}
//! ```
//!
//! ## How to fix
//!
//! Lower `workers` or `limit_memory_soft`: a rule of thumb for the hard limit is memory / (workers + 2).
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/770.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-memory-overcommitted", "ODO040", Group::Odoo, Severity::Medium, 770);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let Some(memory) = deployment.facts.memory else { return };
    let setting = odoo.setting("workers");
    let workers = setting.value.number().unwrap_or(0.0);
    let soft = odoo.setting("limit_memory_soft").value.number().unwrap_or(0.0);
    let needed = workers * soft;
    if workers >= 2.0 && needed > memory as f64 {
        let gib = 1024.0 * 1024.0 * 1024.0;
        out.push(Report::at(odoo.place_of(&setting), format!("{workers} workers may take {:.1} GiB, the machine has {:.1} GiB", needed / gib, memory as f64 / gib)));
    }
}
