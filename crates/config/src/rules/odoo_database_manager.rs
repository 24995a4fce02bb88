//! The database manager is switched on.
//!
//! ## What it does
//!
//! Reports a `list_db` that counts as true: missing, or up to 18.0 any text but `False` and `false`.
//!
//! ## Why it matters
//!
//! The pages and the `db` service list all databases to everybody, and with the master password download, delete and
//! replace them.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! dbfilter = ^prod$
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! list_db = False
//! ```
//!
//! ## How to fix
//!
//! Set `list_db = False`, and block `/web/database` and the RPC paths at the proxy too.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/749.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_option};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::effective::Origin;
use crate::odoo::effective::Value;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-database-manager", "ODO022", Group::Odoo, Severity::High, 749);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("list_db");
    if setting.value.truth() {
        let message = match setting.origin {
            Origin::Default => "the database manager is on: `list_db` is not set".to_owned(),
            _ if matches!(setting.value, Value::Text(_)) => format!("the database manager is on: in {} `{}` counts as true", odoo.series, setting.raw),
            _ => "the database manager is on".to_owned(),
        };
        out.push(Report::at(odoo.place_of(&setting), message).fix(set_option(deployment, odoo, "list_db", "False")));
    }
}
