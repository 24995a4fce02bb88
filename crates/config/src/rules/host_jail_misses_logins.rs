//! The jail does not match the failed logins of this series.
//!
//! ## What it does
//!
//! Takes the expressions of enabled jails for Odoo and tries them on the log lines that Odoo writes: up to 18.0 `Login
//! failed for db:NAME login:NAME from ADDRESS`, in 19.0 without the database.
//!
//! ## Why it matters
//!
//! The jail looks active and never bans: the sample of the documentation expects the `db:` part and misses 19.0.
//!
//! ## Bad
//!
//! ```ini odoo-19.0
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! list_db = False
//! ==> /etc/fail2ban/jail.local <==
//! [odoo]
//! enabled = true
//! filter = odoo
//! logpath = /var/log/odoo/odoo.log
//! ==> /etc/fail2ban/filter.d/odoo.conf <==
//! [Definition]
//! failregex = ^ \d+ INFO \S+ \S+ Login failed for db:\S+ login:\S+ from <HOST>
//! ```
//!
//! ## Good
//!
//! ```ini odoo-19.0
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! list_db = False
//! ==> /etc/fail2ban/jail.local <==
//! [odoo]
//! enabled = true
//! filter = odoo
//! logpath = /var/log/odoo/odoo.log
//! ==> /etc/fail2ban/filter.d/odoo.conf <==
//! [Definition]
//! failregex = ^ \d+ INFO \S+ \S+res_users: Login failed for (?:db:\S* )?login:.* from <HOST>\s*$
//! ```
//!
//! ## How to fix
//!
//! Use an expression that takes both: `Login failed for (?:db:\S* )?login:.* from <HOST>\s*$`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/778.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{jail_matches};
use crate::deployment::Deployment;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("host-jail-misses-logins", "HST006", Group::Host, Severity::Medium, 778);

pub(super) const CHECK: Check = Check::Host(check);

fn check(deployment: &Deployment, out: &mut Vec<Report>) {
    let Some(jails) = &deployment.defences.fail2ban else { return };
    for odoo in &deployment.odoos {
        for jail in jails.jails() {
            let path = jails.value(&jail.text, "logpath").map(|word| word.text).unwrap_or_default();
            if !jail.text.contains("odoo") && !path.contains("odoo") {
                continue;
            }
            let filter = jails.value(&jail.text, "filter").map_or_else(|| jail.text.clone(), |word| word.text);
            let Some(failregex) = jails.filters.iter().find(|known| known.name == filter).and_then(|known| known.failregex.clone()) else { continue };
            if jail_matches(&failregex.text, odoo.series.major()) == Some(false) {
                out.push(Report::at(failregex.site, format!("this expression does not match failed logins of Odoo {}", odoo.series)).related(jail.site, "used by this jail"));
                return;
            }
        }
    }
}
