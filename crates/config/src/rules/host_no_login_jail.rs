//! Nothing bans addresses that guess passwords of Odoo.
//!
//! ## What it does
//!
//! Reports a host with Odoo on which no enabled jail of fail2ban reads Odoo's log, and no CrowdSec is configured.
//!
//! ## Why it matters
//!
//! Odoo's own cool-down lasts a minute, counts in each worker for itself, and in 19.0 does not count for RPC.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! list_db = False
//! ```
//!
//! ## Good
//!
//! ```ini
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
//! Install fail2ban and add a jail: `castellan harden fail2ban` prints both files.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/307.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("host-no-login-jail", "HST005", Group::Host, Severity::Low, 307);

pub(super) const CHECK: Check = Check::Host(check);

fn check(deployment: &Deployment, out: &mut Vec<Report>) {
    let Some(odoo) = deployment.odoos.first() else { return };
    let jails = deployment.defences.fail2ban.as_ref().is_some_and(|jails| {
        jails.jails().iter().any(|jail| {
            let path = jails.value(&jail.text, "logpath").map(|word| word.text).unwrap_or_default();
            jail.text.contains("odoo") || path.contains("odoo")
        })
    });
    if !jails && deployment.attributes("/etc/crowdsec/config.yaml").is_none() {
        let path = odoo.setting("logfile").value.text();
        let installed = deployment.attributes("/etc/fail2ban/jail.conf").is_some();
        let fix = (installed && path.starts_with('/')).then(|| super::helpers::jail(&path));
        out.push(Report::at(odoo.place.clone(), "no jail reads Odoo's log for failed logins").fix(fix));
    }
}
