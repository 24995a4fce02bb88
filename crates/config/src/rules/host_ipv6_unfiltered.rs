//! IPv6 passes by the firewall.
//!
//! ## What it does
//!
//! Reports rules for IPv4 on a host without any for IPv6.
//!
//! ## Why it matters
//!
//! The same ports are open over IPv6, which most servers have.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/iptables/rules.v4 <==
//! *filter
//! :INPUT DROP [0:0]
//! -A INPUT -p tcp --dport 443 -j ACCEPT
//! COMMIT
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/iptables/rules.v4 <==
//! *filter
//! :INPUT DROP [0:0]
//! COMMIT
//! ==> /etc/iptables/rules.v6 <==
//! *filter
//! :INPUT DROP [0:0]
//! COMMIT
//! ```
//!
//! ## How to fix
//!
//! Write the rules for both, or use an `inet` table of nftables.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1327.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("host-ipv6-unfiltered", "HST004", Group::Host, Severity::Medium, 1327);

pub(super) const CHECK: Check = Check::Host(check);

fn check(deployment: &Deployment, out: &mut Vec<Report>) {
    let chains = &deployment.defences.firewall;
    if let Some(chain) = chains.iter().find(|chain| chain.v4).filter(|_| !chains.iter().any(|chain| chain.v6)) {
        out.push(Report::at(chain.policy_site, "there are rules for IPv4 and none for IPv6"));
    }
}
