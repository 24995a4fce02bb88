//! An unusual module is loaded for every database.
//!
//! ## What it does
//!
//! Reports `server_wide_modules` that are none of those that Odoo and the community use there.
//!
//! ## Why it matters
//!
//! Its routes answer without a database and its code runs for every database, installed or not.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! server_wide_modules = base,web,company_api
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! server_wide_modules = base,web,queue_job
//! ```
//!
//! ## How to fix
//!
//! Review the routes of the module (`castellan scan` on its folder), and load it server-wide only when it must be.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/829.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::effective::Origin;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-server-wide-module", "ODO031", Group::Odoo, Severity::Low, 829);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(_: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    const USUAL: [&str; 20] = [
        "base", "web", "rpc", "bus", "web_kanban", "session_db", "dbfilter_from_header", "queue_job", "monitoring_status", "sentry",
        "base_sparse_field", "module_change_auto_install", "fastapi", "server_environment", "session_redis", "database_cleanup",
        "monitoring_prometheus", "session_store", "attachment_azure", "base_attachment_object_storage",
    ];
    let setting = odoo.setting("server_wide_modules");
    if setting.origin == Origin::Default {
        return;
    }
    let unusual: Vec<String> = setting.value.list().into_iter().filter(|name| !USUAL.contains(&name.as_str())).collect();
    if !unusual.is_empty() {
        out.push(Report::at(odoo.place_of(&setting), format!("loaded for every database: {}", unusual.join(", "))));
    }
}
