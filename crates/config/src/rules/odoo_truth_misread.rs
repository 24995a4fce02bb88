//! A truth value means the opposite of what is written.
//!
//! ## What it does
//!
//! Reports `0`, `no`, `off`, `FALSE` and the like in series up to 18.0, where every text but `False` and `false` is
//! true.
//!
//! ## Why it matters
//!
//! `list_db = 0` leaves the database manager on, `proxy_mode = no` trusts forwarded headers, and the file looks safe
//! to everybody who reads it.
//!
//! ## Bad
//!
//! ```ini odoo-17.0
//! [options]
//! proxy_mode = no
//! ```
//!
//! ## Good
//!
//! ```ini odoo-17.0
//! [options]
//! proxy_mode = False
//! ```
//!
//! ## How to fix
//!
//! Write `True` or `False`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1188.html>

use castellan_model::{Group, RuleMeta, SeriesRange, Severity};

use super::helpers::{replace};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::options;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-truth-misread", "ODO027", Group::Odoo, Severity::Medium, 1188).series(SeriesRange::until(18));

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let Some((_, ini)) = &odoo.conf else { return };
    for entry in ini.entries("options") {
        let text = entry.value.text.as_str();
        let means_false = matches!(text.to_lowercase().as_str(), "0" | "no" | "off" | "false" | "none" | "n" | "f") && !matches!(text, "False" | "false");
        let is_bool = options::find(&entry.key.text).is_some_and(|fact| fact.is_bool() && fact.works_in(odoo.series));
        // The database manager has a rule of its own.
        if means_false && is_bool && entry.key.text != "list_db" {
            let message = format!("in {} `{} = {text}` counts as true", odoo.series, entry.key.text);
            out.push(Report::at(entry.value.site, message).fix(replace(deployment, entry.value.site, "False", "write `False`", None)));
        }
    }
}
