//! An environment variable beats the configuration file.
//!
//! ## What it does
//!
//! Reports variables that set an option to another value than the file, from 19.0.
//!
//! ## Why it matters
//!
//! Whoever hardens the file sees no effect, and audits of the file alone are wrong.
//!
//! ## Bad
//!
//! ```yaml odoo-19.0
//! ==> /srv/erp/docker-compose.yml <==
//! services:
//!   web:
//!     image: odoo:19.0
//!     environment:
//!       ODOO_LIST_DB: "true"
//!     volumes:
//!       - ./odoo.conf:/etc/odoo/odoo.conf
//! ==> /srv/erp/odoo.conf <==
//! [options]
//! list_db = False
//! ```
//!
//! ## Good
//!
//! ```yaml odoo-19.0
//! ==> /srv/erp/docker-compose.yml <==
//! services:
//!   web:
//!     image: odoo:19.0
//!     environment:
//!       ODOO_LIST_DB: "false"
//!     volumes:
//!       - ./odoo.conf:/etc/odoo/odoo.conf
//! ==> /srv/erp/odoo.conf <==
//! [options]
//! list_db = False
//! ```
//!
//! ## How to fix
//!
//! Keep each option in one place.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/15.html>

use castellan_model::{Group, RuleMeta, SeriesRange, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::effective::Origin;
use crate::odoo::options;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-environment-overrides", "ODO049", Group::Odoo, Severity::Info, 15).series(SeriesRange::since(19));

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(_: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let Some((_, ini)) = &odoo.conf else { return };
    for fact in options::all() {
        let Some(entry) = ini.get("options", &fact.name) else { continue };
        let setting = odoo.setting(&fact.name);
        if setting.origin != Origin::Environment || fact.secret {
            continue;
        }
        let alone = crate::odoo::effective::Sources { environment: &[], command: &[], ..odoo.sources() };
        if alone.setting(&fact.name).value != setting.value {
            let message = format!("`{}` comes from the environment and beats the file", fact.name);
            out.push(Report::at(odoo.place_of(&setting), message).related(entry.site, "the file says otherwise"));
        }
    }
}
