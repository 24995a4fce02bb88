//! An interactive debugger is switched on.
//!
//! ## What it does
//!
//! Reports `werkzeug`, `pdb`, `ipdb`, `pudb`, `wdb` or `all` in the developer mode that counts: up to 18.0 the command
//! line, from 19.0 the file and the environment too. `all` stands for werkzeug and pdb up to 18.0.
//!
//! ## Why it matters
//!
//! werkzeug's debugger gives a Python console in the browser at every error; the others stop the server and wait at a
//! terminal.
//!
//! ## Bad
//!
//! ```ini odoo-19.0
//! [options]
//! dev_mode = werkzeug,xml
//! ```
//!
//! ## Good
//!
//! ```ini odoo-19.0
//! [options]
//! workers = 4
//! ```
//!
//! ## How to fix
//!
//! Remove `dev_mode` and `--dev` on servers that others reach.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/489.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{remove_lines};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::effective::Origin;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-debugger", "ODO016", Group::Odoo, Severity::Critical, 489);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("dev_mode");
    let modes = setting.value.list();
    let debugger = modes.iter().find(|mode| matches!(mode.as_str(), "werkzeug" | "pdb" | "ipdb" | "pudb" | "wdb"));
    if let Some(mode) = debugger {
        let fix = setting.site.filter(|_| setting.origin == Origin::File).and_then(|site| remove_lines(deployment, site, "remove `dev_mode`"));
        let report = Report::at(odoo.place_of(&setting), format!("developer mode `{mode}` switches an interactive debugger on")).fix(fix);
        // 19.0 brings no werkzeug debugger of its own any more; add-ons may.
        out.push(if odoo.series.major() >= 19 { report.severity(Severity::High) } else { report });
    }
}
