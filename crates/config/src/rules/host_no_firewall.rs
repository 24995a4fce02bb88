//! No firewall is configured on this host.
//!
//! ## What it does
//!
//! Reports a host with Odoo on which neither ufw (enabled), nftables nor saved iptables rules are found.
//!
//! ## Why it matters
//!
//! Every port that a service opens is open to everybody: 8069, 8072, 5432, and the next one that somebody starts.
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
//! ==> /etc/ufw/ufw.conf <==
//! ENABLED=yes
//! ==> /etc/default/ufw <==
//! DEFAULT_INPUT_POLICY="DROP"
//! ==> /etc/ufw/user.rules <==
//! ### tuple ### allow tcp 443 0.0.0.0/0 any 0.0.0.0/0 in
//! ==> /etc/ufw/user6.rules <==
//! ### tuple ### allow tcp 443 ::/0 any ::/0 in
//! ```
//!
//! ## How to fix
//!
//! Close everything but SSH and the proxy: `ufw default deny incoming; ufw allow OpenSSH; ufw allow 443/tcp; ufw
//! enable`.
//!
//! ## Limits
//!
//! A firewall of the hosting provider in front of the host is not seen.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1327.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("host-no-firewall", "HST001", Group::Host, Severity::Medium, 1327);

pub(super) const CHECK: Check = Check::Host(check);

fn check(deployment: &Deployment, out: &mut Vec<Report>) {
    if !deployment.defences.firewall.is_empty() || deployment.odoos.is_empty() {
        return;
    }
    let Some(odoo) = deployment.odoos.first() else { return };
    let free = deployment.attributes("/etc/nftables.conf").is_none();
    let fix = free.then(|| super::helpers::firewall(deployment));
    out.push(Report::at(odoo.place.clone(), "neither ufw, nftables nor saved iptables rules were found").confidence(Confidence::Medium).fix(fix));
}
