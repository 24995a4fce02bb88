//! The signatures of the records are broken.
//!
//! ## What it does
//!
//! When a name server that checks signatures fails, asks once more without the check.
//!
//! ## Why it matters
//!
//! Everybody behind such a name server, half of all mail servers among them, cannot reach the site.
//!
//! ## Bad
//!
//! ```dns
//! SERVFAIL A erp.example.com
//! CD A erp.example.com 192.0.2.1
//! ```
//!
//! ## Good
//!
//! ```dns
//! SIGNED A erp.example.com 192.0.2.1
//! ```
//!
//! ```dns
//! A erp.example.com 192.0.2.1
//! ```
//!
//! ## How to fix
//!
//! Sign the zone anew, or take the DS record out at the registrar until it is.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/345.html>
//! * RFC 9364: <https://www.rfc-editor.org/rfc/rfc9364>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{dns, record};
use crate::rule::{Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("dns-bogus", "DNS009", Group::Names, Severity::High, 345);

pub(super) fn check(view: &View<'_>) -> Judged {
    let dns = dns(view)?;
    match (dns.get("A", &dns.host), dns.get("CD A", &dns.host)) {
        (Some(checked), Some(unchecked)) if checked.code == "SERVFAIL" && unchecked.is_told() => {
            found(Report::of_site("the name server refuses the address because its signature is wrong"))
        }
        _ => record(dns, "A", &dns.host).map(|_| Vec::new()),
    }
}
