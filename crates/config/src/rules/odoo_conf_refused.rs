//! Odoo refuses to start with this configuration file.
//!
//! ## What it does
//!
//! Reports what makes the option parser stop: a key or section given twice, a line that is neither key nor section,
//! and from 19.0 values of the wrong kind.
//!
//! ## Why it matters
//!
//! After the next restart the service stays down, often at night and after an upgrade, because 19.0 checks values that
//! older series took as they were.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! workers = many
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
//! Correct the line. Try the file with `odoo --stop-after-init -c FILE` before the next restart.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/16.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::Place;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-conf-refused", "ODO001", Group::Odoo, Severity::Medium, 16);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(_: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    for refusal in odoo.sources().refusals() {
        let place = refusal.site.map_or_else(|| odoo.place.clone(), Place::Site);
        out.push(Report::at(place, format!("Odoo {} refuses to start: {}", odoo.series, refusal.message)));
    }
}
