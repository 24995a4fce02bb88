//! Receivers cannot use the SPF policy.
//!
//! ## What it does
//!
//! Reads the policy and those that it includes, and counts lookups: ten are allowed, two of them without an answer.
//!
//! ## Why it matters
//!
//! A policy that fails is treated as none, or mail is refused, depending on the receiver.
//!
//! ## Bad
//!
//! ```dns
//! TXT example.com v=spf1 -all
//! TXT example.com v=spf1 mx -all
//! ```
//!
//! ```dns
//! TXT example.com v=spf1 a mx ptr foo:bar -all
//! ```
//!
//! ```dns
//! TXT example.com v=spf1 a a a a a a a mx mx mx mx -all
//! ```
//!
//! ## Good
//!
//! ```dns
//! TXT example.com v=spf1 a mx -all
//! ```
//!
//! ```dns
//! TXT example.com another text
//! ```
//!
//! ## How to fix
//!
//! Keep one policy; replace includes by the networks that they come to until ten lookups are enough.
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

pub(super) const META: RuleMeta = RuleMeta::new("mail-spf-invalid", "DNS003", Group::Names, Severity::Medium, 290);

pub(super) fn check(view: &View<'_>) -> Judged {
    let dns = dns(view)?;
    record(dns, "TXT", &dns.domain)?;
    let Some(spf) = mail::spf(dns, &dns.domain) else {
        return Err(Unjudged::NotApplicable("there is no policy".to_owned()));
    };
    let mut wrong = spf.errors.clone();
    if spf.lookups > mail::LOOKUPS {
        wrong.push(format!("it costs {} lookups, ten are allowed", spf.lookups));
    }
    if spf.void > mail::VOID {
        wrong.push(format!("{} of its lookups find nothing, two are allowed", spf.void));
    }
    if !wrong.is_empty() {
        return found(Report::of_site(wrong.join("; ")));
    }
    match spf.missing.first() {
        Some(question) => Err(Unjudged::CouldNotTell(format!("{question} was not answered"))),
        None => FINE,
    }
}
