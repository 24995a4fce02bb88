//! The firewall opens a port of Odoo or the database.
//!
//! ## What it does
//!
//! Asks the rules, as a stranger, for 8069, 8072, 5432, 6379 and the ports of the Odoo servers found here, and reports
//! those that a rule lets in.
//!
//! ## Why it matters
//!
//! Visitors reach Odoo past the proxy, or the database past Odoo.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/ufw/ufw.conf <==
//! ENABLED=yes
//! ==> /etc/default/ufw <==
//! DEFAULT_INPUT_POLICY="DROP"
//! ==> /etc/ufw/user.rules <==
//! ### tuple ### allow tcp 8069 0.0.0.0/0 any 0.0.0.0/0 in
//! ==> /etc/ufw/user6.rules <==
//! ### tuple ### allow tcp 443 ::/0 any ::/0 in
//! ```
//!
//! ## Good
//!
//! ```ini
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
//! Remove the rule, or narrow it to the addresses that need it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1327.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::read::firewall::Verdict;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("host-port-open", "HST003", Group::Host, Severity::High, 1327);

pub(super) const CHECK: Check = Check::Host(check);

fn check(deployment: &Deployment, out: &mut Vec<Report>) {
    let mut ports: Vec<u16> = vec![8069, 8072, 5432, 6379];
    ports.extend(deployment.odoos.iter().flat_map(|odoo| odoo.ports()));
    ports.sort_unstable();
    ports.dedup();
    for chain in &deployment.defences.firewall {
        for port in &ports {
            let from = if chain.v4 { crate::proxy::OUTSIDE } else { std::net::IpAddr::from([0x2001, 0xdb8, 0, 0, 0, 0, 0, 7]) };
            let (verdict, site) = chain.decide(*port, from);
            let by_rule = chain.rules.iter().any(|rule| rule.site == site);
            if verdict == Verdict::Accept && by_rule {
                let what = match port {
                    5432 => "PostgreSQL",
                    6379 => "Redis",
                    _ => "Odoo",
                };
                let fix = (chain.program == "ufw").then(|| super::helpers::close_ufw(deployment, site, *port)).flatten();
                out.push(Report::at(site, format!("port {port} ({what}) is open to every address")).scope(port.to_string()).fix(fix));
            }
        }
    }
}
