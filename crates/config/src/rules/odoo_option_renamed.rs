//! An option is written with an old name.
//!
//! ## What it does
//!
//! Reports old names. Where the series still takes them it is a reminder; where it does not, the option has no effect
//! and the finding is worse, above all for the address that Odoo listens on.
//!
//! ## Why it matters
//!
//! A server bound to 127.0.0.1 by `xmlrpc_interface` listens on every interface after the upgrade to 19.0, without a
//! word in the log.
//!
//! ## Bad
//!
//! ```ini odoo-19.0
//! [options]
//! xmlrpc_interface = 127.0.0.1
//! http_interface = 127.0.0.1
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! http_interface = 127.0.0.1
//! ```
//!
//! ## How to fix
//!
//! Rename the option. `castellan fix` does it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/477.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{remove_lines, replace};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::options;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-option-renamed", "ODO025", Group::Odoo, Severity::Low, 477);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let Some((_, ini)) = &odoo.conf else { return };
    for entry in ini.entries("options") {
        let Some(fact) = options::find(&entry.key.text) else { continue };
        let Some(new) = fact.renamed_to.as_deref() else { continue };
        if fact.exists_in(odoo.series) || odoo.series.major() < fact.first || odoo.series.major() <= fact.last {
            continue;
        }
        let dead = !fact.works_in(odoo.series);
        let message = if dead {
            format!("`{}` has no effect in {}; it is `{new}` now", fact.name, odoo.series)
        } else {
            format!("`{}` is the old name of `{new}`", fact.name)
        };
        let taken = ini.get("options", new).is_some();
        let lost = dead && !taken && fact.name == "xmlrpc_interface" && !matches!(entry.value.text.as_str(), "" | "0.0.0.0");
        let fix = if taken {
            remove_lines(deployment, entry.site, &format!("remove `{}`", fact.name))
        } else if fact.name == "without_demo" {
            None
        } else {
            replace(deployment, entry.key.site, new, &format!("rename `{}` to `{new}`", fact.name), None)
        };
        let report = Report::at(entry.site, message).fix(fix);
        out.push(if lost {
            report.severity(Severity::High)
        } else if dead && !taken {
            report.severity(Severity::Medium)
        } else {
            report
        });
    }
}
