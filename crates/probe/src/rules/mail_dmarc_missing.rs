//! Nothing says what becomes of forged mail.
//!
//! ## What it does
//!
//! Looks for a DMARC policy of the registered domain.
//!
//! ## Why it matters
//!
//! SPF and DKIM do not look at the sender that people see; without DMARC a forged one passes.
//!
//! ## Bad
//!
//! ```dns
//! TXT _dmarc.example.com
//! ```
//!
//! ## Good
//!
//! ```dns
//! TXT _dmarc.example.com v=DMARC1; p=quarantine
//! ```
//!
//! ## How to fix
//!
//! Publish `_dmarc.example.com TXT "v=DMARC1; p=none; rua=mailto:..."`, read the reports, then go to `quarantine` and
//! `reject`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/290.html>
//! * RFC 7489: <https://www.rfc-editor.org/rfc/rfc7489>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{dns, record, takes_mail};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("mail-dmarc-missing", "DNS005", Group::Names, Severity::Medium, 290);

pub(super) fn check(view: &View<'_>) -> Judged {
    let dns = dns(view)?;
    let name = format!("_dmarc.{}", dns.domain);
    record(dns, "TXT", &name)?;
    if !dns.texts(&name, "v=DMARC1").is_empty() {
        return FINE;
    }
    let severity = if takes_mail(dns)? { Severity::Medium } else { Severity::Low };
    found(Report::of_site(format!("{} has no DMARC policy", dns.domain)).severity(severity))
}
