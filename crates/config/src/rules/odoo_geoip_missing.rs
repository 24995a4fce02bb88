//! The GeoIP database that is configured is not there.
//!
//! ## What it does
//!
//! Reports a path of a GeoIP database in the file where no file is.
//!
//! ## Why it matters
//!
//! Logins and devices are listed without a country, so that logins from abroad do not stand out.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! geoip_city_db = /usr/share/GeoIP/GeoLite2-City.mmdb
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! geoip_city_db = /usr/share/GeoIP/GeoLite2-City.mmdb
//! ==> /usr/share/GeoIP/GeoLite2-City.mmdb <==
//! x
//! ```
//!
//! ## How to fix
//!
//! Install the database and keep it up to date, or remove the option.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/778.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::odoo::effective::Origin;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-geoip-missing", "ODO050", Group::Odoo, Severity::Info, 778).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    for name in ["geoip_city_db", "geoip_country_db", "geoip_database"] {
        let setting = odoo.setting(name);
        let path = setting.value.text();
        if setting.origin == Origin::File && path.starts_with('/') && deployment.is_system && deployment.attributes(&path).is_none() {
            out.push(Report::at(odoo.place_of(&setting), format!("{path} is not there")));
        }
    }
}
