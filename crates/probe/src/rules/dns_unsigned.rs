//! The records of the domain are not signed.
//!
//! ## What it does
//!
//! Looks for a DS record of the registered domain.
//!
//! ## Why it matters
//!
//! Whoever is between the visitor and the name server chooses the address of the site; TLS is then the only guard.
//!
//! ## Bad
//!
//! ```dns
//! DS example.com
//! ```
//!
//! ## Good
//!
//! ```dns
//! DS example.com 1 13 2 abc
//! ```
//!
//! ## How to fix
//!
//! Switch DNSSEC on at the registrar.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/345.html>
//! * RFC 9364: <https://www.rfc-editor.org/rfc/rfc9364>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{dns, record};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("dns-unsigned", "DNS008", Group::Names, Severity::Info, 345)
    .persona(castellan_model::Persona::Pedantic);

pub(super) fn check(view: &View<'_>) -> Judged {
    let dns = dns(view)?;
    if record(dns, "DS", &dns.domain)?.records.is_empty() {
        return found(Report::of_site(format!("{} has no DS record", dns.domain)));
    }
    FINE
}
