//! Mail to the domain may be delivered in clear.
//!
//! ## What it does
//!
//! Looks for the record of MTA-STS.
//!
//! ## Why it matters
//!
//! Whoever is on the way takes the encryption out, and no mail server notices.
//!
//! ## Bad
//!
//! ```dns
//! TXT _mta-sts.example.com
//! ```
//!
//! ## Good
//!
//! ```dns
//! TXT _mta-sts.example.com v=STSv1; id=20260101
//! ```
//!
//! ```dns
//! MX example.com 0 .
//! TXT _mta-sts.example.com
//! ```
//!
//! ## How to fix
//!
//! Publish a policy of MTA-STS, or DANE.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>
//! * RFC 8461: <https://www.rfc-editor.org/rfc/rfc8461>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{dns, record, takes_mail};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("mail-transport-unprotected", "DNS011", Group::Names, Severity::Info, 319)
        .persona(castellan_model::Persona::Pedantic);

pub(super) fn check(view: &View<'_>) -> Judged {
    let dns = dns(view)?;
    if !takes_mail(dns)? {
        return Err(Unjudged::NotApplicable("the domain takes no mail".to_owned()));
    }
    let name = format!("_mta-sts.{}", dns.domain);
    record(dns, "TXT", &name)?;
    if dns.texts(&name, "v=STSv1").is_empty() { found(Report::of_site("there is no policy of MTA-STS")) } else { FINE }
}
