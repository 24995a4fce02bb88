//! Everybody may send mail in the name of this domain.
//!
//! ## What it does
//!
//! Looks for an SPF policy of the registered domain.
//!
//! ## Why it matters
//!
//! Invoices with another account number are sent in the name of the company, and receivers cannot tell.
//!
//! ## Bad
//!
//! ```dns
//! TXT example.com another text
//! ```
//!
//! ## Good
//!
//! ```dns
//! TXT example.com v=spf1 include:_spf.example.net -all
//! TXT _spf.example.net v=spf1 -all
//! ```
//!
//! ## How to fix
//!
//! Publish one: `v=spf1 mx include:... -all`, with what sends for you; Odoo Online needs `include:_spf.odoo.com`. A
//! domain without mail: `v=spf1 -all`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/290.html>
//! * RFC 7208: <https://www.rfc-editor.org/rfc/rfc7208>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{dns, record, takes_mail};
use crate::dns::mail;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("mail-spf-missing", "DNS002", Group::Names, Severity::Medium, 290);

pub(super) fn check(view: &View<'_>) -> Judged {
    let dns = dns(view)?;
    record(dns, "TXT", &dns.domain)?;
    if mail::spf(dns, &dns.domain).is_some() {
        return FINE;
    }
    let severity = if takes_mail(dns)? { Severity::Medium } else { Severity::Low };
    found(Report::of_site(format!("{} has no SPF policy", dns.domain)).severity(severity))
}
