//! Forged mail is delivered, or the policy is not valid.
//!
//! ## What it does
//!
//! Reads the DMARC policy: `p`, `pct`, and that there is one only.
//!
//! ## Why it matters
//!
//! `p=none` reports forged mail and delivers it.
//!
//! ## Bad
//!
//! ```dns
//! TXT _dmarc.example.com v=DMARC1; p=none
//! ```
//!
//! ```dns
//! TXT _dmarc.example.com v=DMARC1; p=reject; pct=20
//! ```
//!
//! ```dns
//! TXT _dmarc.example.com v=DMARC1
//! ```
//!
//! ```dns
//! TXT _dmarc.example.com v=DMARC1; p=reject
//! TXT _dmarc.example.com v=DMARC1; p=none
//! ```
//!
//! ## Good
//!
//! ```dns
//! TXT _dmarc.example.com v=DMARC1; p=quarantine
//! ```
//!
//! ```dns
//! TXT _dmarc.example.com
//! ```
//!
//! ## How to fix
//!
//! Go from `p=none` to `quarantine` and `reject` once the reports show your own mail only.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/290.html>
//! * RFC 7489: <https://www.rfc-editor.org/rfc/rfc7489>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{dns, record};
use crate::dns::mail;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("mail-dmarc-weak", "DNS006", Group::Names, Severity::Low, 290);

pub(super) fn check(view: &View<'_>) -> Judged {
    let dns = dns(view)?;
    let name = format!("_dmarc.{}", dns.domain);
    record(dns, "TXT", &name)?;
    let texts = dns.texts(&name, "v=DMARC1");
    let Some(text) = texts.first() else {
        return Err(Unjudged::NotApplicable("there is no policy".to_owned()));
    };
    if texts.len() > 1 {
        return found(Report::of_site("there are several policies, so that none counts").severity(Severity::Medium));
    }
    let tags = mail::tags(text);
    let part = tags.get("pct").and_then(|part| part.parse::<u8>().ok()).unwrap_or(100);
    match tags.get("p").map(|policy| policy.to_lowercase()).as_deref() {
        Some("reject" | "quarantine") if part >= 100 => FINE,
        Some("reject" | "quarantine") => {
            found(Report::of_site(format!("the policy holds for {part} % of forged mail")))
        }
        Some("none") => found(Report::of_site("`p=none` delivers forged mail")),
        _ => found(Report::of_site("the policy has no valid `p`").severity(Severity::Medium)),
    }
}
