//! The password of the database role is easily guessed.
//!
//! ## What it does
//!
//! Reports a database password among those that everybody tries first, equal to the role or database, or shorter than
//! twelve characters. The container image sets `odoo` when nothing else is given.
//!
//! ## Why it matters
//!
//! Whoever reaches PostgreSQL, from a container, a tunnel or a forgotten port, reads and changes every record past all
//! access rules of Odoo.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! db_password = odoo
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! db_password = kX7-correct-horse-battery
//! ```
//!
//! ## How to fix
//!
//! Set a long random password for the role (`\password odoo` in psql) and here; or use the local socket with `peer`
//! and no password.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/521.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::Place;
use crate::deployment::odoo::OdooServer;
use crate::odoo::secret::Weakness;
use crate::odoo::secret::assess;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-database-password-weak", "ODO009", Group::Odoo, Severity::High, 521);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(_: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("db_password");
    let (value, place) = match odoo.environment.iter().find(|given| given.name == "PASSWORD" || given.name == "PGPASSWORD") {
        Some(given) if !setting.value.truth() && !given.value.is_empty() => {
            (given.value.clone(), given.site.map_or_else(|| odoo.place.clone(), Place::Site))
        }
        _ => (setting.value.text(), odoo.place_of(&setting)),
    };
    if value.is_empty() || value == "False" {
        return;
    }
    let own = odoo.own_words();
    let extra: Vec<&str> = own.iter().map(String::as_str).collect();
    let message = match assess(&value, &extra).weakness {
        Some(Weakness::Common) => "the password of the database role is one that everybody tries first",
        Some(Weakness::Short) => "the password of the database role is shorter than twelve characters",
        None => return,
    };
    let report = Report::at(place, message);
    let remote = odoo.remote_database() && !odoo.in_container();
    out.push(if remote { report.severity(Severity::Critical) } else { report });
}
