//! The firewall lets in what no rule names.
//!
//! ## What it does
//!
//! Reports a policy of the input chain that accepts, without a last rule that drops.
//!
//! ## Why it matters
//!
//! Every port that a service opens is open to everybody.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/nftables.conf <==
//! table inet filter {
//!   chain input {
//!     type filter hook input priority 0; policy accept;
//!     tcp dport 22 accept
//!   }
//! }
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/nftables.conf <==
//! table inet filter {
//!   chain input {
//!     type filter hook input priority 0; policy drop;
//!     tcp dport 22 accept
//!   }
//! }
//! ```
//!
//! ## How to fix
//!
//! Set the policy to drop, after rules let SSH and the proxy in.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1327.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::read::firewall::Verdict;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("host-firewall-open", "HST002", Group::Host, Severity::High, 1327);

pub(super) const CHECK: Check = Check::Host(check);

fn check(deployment: &Deployment, out: &mut Vec<Report>) {
    for chain in &deployment.defences.firewall {
        // A port that no rule names.
        let (verdict, site) = chain.decide(47_111, crate::proxy::OUTSIDE);
        if verdict == Verdict::Accept && (chain.v4 || chain.rules.is_empty()) {
            out.push(Report::at(site, format!("{} lets in what no rule names", chain.program)));
        }
    }
}
