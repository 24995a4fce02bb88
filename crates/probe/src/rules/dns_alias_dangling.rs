//! The name leads to one that is not there.
//!
//! ## What it does
//!
//! Looks for an alias whose end has no address.
//!
//! ## Why it matters
//!
//! Whoever registers the missing name, or opens an account at the service, gets the site.
//!
//! ## Bad
//!
//! ```dns
//! NXDOMAIN A erp.example.com -> acme.hosting.example
//! AAAA erp.example.com
//! ```
//!
//! ## Good
//!
//! ```dns
//! A erp.example.com -> acme.hosting.example
//! A erp.example.com 192.0.2.1
//! ```
//!
//! ## How to fix
//!
//! Take the record out, or point it at a name that is yours.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/350.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{dns, record};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("dns-alias-dangling", "DNS010", Group::Names, Severity::High, 350);

pub(super) fn check(view: &View<'_>) -> Judged {
    let dns = dns(view)?;
    let answer = record(dns, "A", &dns.host)?;
    let six = dns.get("AAAA", &dns.host).is_some_and(|answer| !answer.records.is_empty());
    match answer.aliases.last() {
        Some(end) if answer.records.is_empty() && !six && answer.code == "NXDOMAIN" => {
            found(Report::of_site(format!("{} leads to {end}, which is not there", dns.host)))
        }
        _ => FINE,
    }
}
