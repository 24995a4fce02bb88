//! Every authority may issue a certificate for this name.
//!
//! ## What it does
//!
//! Looks for CAA records from the name upwards to the registered domain.
//!
//! ## Why it matters
//!
//! One deceived authority among hundreds is enough to play the site.
//!
//! ## Bad
//!
//! ```dns
//! CAA example.com
//! ```
//!
//! ## Good
//!
//! ```dns
//! CAA example.com 0 issue "letsencrypt.org"
//! ```
//!
//! ```dns
//! CAA erp.example.com 0 issue "letsencrypt.org"
//! CAA example.com
//! ```
//!
//! ## How to fix
//!
//! Add a record: `example.com. CAA 0 issue "letsencrypt.org"`, with the authority that you use.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/295.html>
//! * RFC 8659: <https://www.rfc-editor.org/rfc/rfc8659>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{dns, record};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("dns-caa-missing", "DNS001", Group::Names, Severity::Low, 295);

pub(super) fn check(view: &View<'_>) -> Judged {
    let dns = dns(view)?;
    let mut name = dns.host.as_str();
    loop {
        if record(dns, "CAA", name)?.records.iter().any(|one| one.to_lowercase().contains("issue")) {
            return FINE;
        }
        match name.split_once('.') {
            Some((_, parent)) if parent.ends_with(&dns.domain) => name = parent,
            _ => return found(Report::of_site(format!("there is no CAA record from {} to {}", dns.host, dns.domain))),
        }
    }
}
