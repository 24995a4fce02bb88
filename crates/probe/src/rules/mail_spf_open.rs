//! The SPF policy lets everybody send.
//!
//! ## What it does
//!
//! Reads how the policy ends: `+all` allows everybody, `?all` and no end say nothing.
//!
//! ## Why it matters
//!
//! The policy is there and stops no forged mail.
//!
//! ## Bad
//!
//! ```dns
//! TXT example.com v=spf1 mx +all
//! ```
//!
//! ```dns
//! TXT example.com v=spf1 mx ?all
//! ```
//!
//! ```dns
//! TXT example.com v=spf1 mx
//! ```
//!
//! ## Good
//!
//! ```dns
//! TXT example.com v=spf1 mx ~all
//! ```
//!
//! ```dns
//! TXT example.com v=spf1 redirect=x.example
//! TXT x.example v=spf1 -all
//! ```
//!
//! ## How to fix
//!
//! End it with `-all`, or `~all` while you watch reports of DMARC.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/290.html>
//! * RFC 7208: <https://www.rfc-editor.org/rfc/rfc7208>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{dns, record};
use crate::dns::mail;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("mail-spf-open", "DNS004", Group::Names, Severity::Low, 290);

pub(super) fn check(view: &View<'_>) -> Judged {
    let dns = dns(view)?;
    record(dns, "TXT", &dns.domain)?;
    let Some(spf) = mail::spf(dns, &dns.domain) else {
        return Err(Unjudged::NotApplicable("there is no policy".to_owned()));
    };
    match spf.all {
        Some('-' | '~') => FINE,
        Some('+') => {
            found(Report::of_site("`+all` lets everybody send in the name of the domain").severity(Severity::High))
        }
        Some(_) => found(Report::of_site("`?all` says nothing of anybody")),
        None if !spf.missing.is_empty() => {
            Err(Unjudged::CouldNotTell("a policy that it leads to was not answered".to_owned()))
        }
        None => found(Report::of_site("the policy does not end with `all`")),
    }
}
