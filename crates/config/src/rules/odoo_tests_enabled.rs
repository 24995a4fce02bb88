//! Tests run on this server.
//!
//! ## What it does
//!
//! Reports test tags and `--test-enable` that count.
//!
//! ## Why it matters
//!
//! Tests write records, send what they are told to send and stop the server when they are done.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! test_tags = /sale
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
//! Remove the option; run tests on a copy.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/489.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{remove_lines};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::effective::Origin;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-tests-enabled", "ODO034", Group::Odoo, Severity::Medium, 489);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("test_enable");
    if setting.value.truth() {
        let fix = setting.site.filter(|_| setting.origin == Origin::File).and_then(|site| remove_lines(deployment, site, "remove the test option"));
        out.push(Report::at(odoo.place_of(&setting), "tests run on this server").fix(fix));
    }
}
