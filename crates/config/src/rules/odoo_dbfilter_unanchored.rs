//! The database filter also matches longer names.
//!
//! ## What it does
//!
//! Reports a `dbfilter` that does not end with `$`. Odoo matches it from the start of the name only.
//!
//! ## Why it matters
//!
//! `prod` also lets `prod_test` and `prod_copy_2023` through: copies with production data and forgotten passwords.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! dbfilter = ^prod
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! dbfilter = ^prod$
//! ```
//!
//! ## How to fix
//!
//! End the expression with `$`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/777.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_option};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::effective::Origin;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-dbfilter-unanchored", "ODO015", Group::Odoo, Severity::Medium, 777);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("dbfilter");
    let text = setting.value.text();
    let text = text.trim();
    if setting.origin == Origin::Default || matches!(text, "" | ".*" | "^.*" | "False" | "None") || text.ends_with('$') || text.ends_with("\\Z") {
        return;
    }
    let anchored = if text.starts_with('^') { format!("{text}$") } else { format!("^{text}$") };
    let fix = if text.ends_with(".*") || text.contains('|') { None } else { set_option(deployment, odoo, "dbfilter", &anchored) };
    out.push(Report::at(odoo.place_of(&setting), format!("`{text}` also matches databases whose names go on behind it")).fix(fix));
}
