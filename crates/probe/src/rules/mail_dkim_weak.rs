//! A key that signs mail is weak or still in test.
//!
//! ## What it does
//!
//! Asks for DKIM keys under usual selectors, Odoo's among them. A key under another selector is not seen.
//!
//! ## Why it matters
//!
//! A short key can be worked out, and then forged mail is signed.
//!
//! ## Bad
//!
//! ```dns
//! TXT odoo._domainkey.example.com v=DKIM1; t=y; p=MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=
//! ```
//!
//! ```dns
//! TXT default._domainkey.example.com v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDrij0B7uUzi83Gwr2BZl8Q0BAkXM1UPpd3Psx1f2cVNB0Q7vO3LdLGiTyAHkRM/qK3lXVjw2nUtVL06TRf0UjPaS4e01CFCtEOiEy2aUaUnEXYfci59AMSG0TUM4ZaU0RRn0lyehOWvbW2EIxF9Ityc7G2Q58GYUBkvJXmiwPtJwIDAQAB
//! ```
//!
//! ## Good
//!
//! ```dns
//! TXT default._domainkey.example.com v=DKIM1; p=
//! ```
//!
//! ```dns
//! TXT default._domainkey.example.com v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAvIlGJ91lPE4cxfKlHTh+o12n3F/z3UK6lXqwqb7++Zz4vAEAdeGDDqeYdJkSWBTyp57vnJGWu58rd6b9aDg5ZpmhJp5d2tFdYJzoJu/D//FJdoHrCmov9l85qhtasDCrH+b3eQpOqhSFjr8UFhaDZ4IiiyBbdtOulaB1J7JpRebbzEC4wRpAFR620GnRlwF06PJAJhjR83PjK7fzBYqx0yHOBDLDuK+q4Np3XrCbT8zf4OBZPED8F/K/BRO8CGWwP0sm6atE+Hk3J5EcEPNsJvGR/YfBO0UcdHJtUFUr3Vp0CzSH19KvQSr2A51toTSk+6inmoEItdNwRNFZGEaRawIDAQAB
//! ```
//!
//! ## How to fix
//!
//! Make a key with 2048 bits, publish it under a new selector, switch, and empty the old one.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/326.html>
//! * RFC 8301: <https://www.rfc-editor.org/rfc/rfc8301>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{dns, record};
use crate::dns::{SELECTORS, mail};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("mail-dkim-weak", "DNS007", Group::Names, Severity::Low, 326);

pub(super) fn check(view: &View<'_>) -> Judged {
    let dns = dns(view)?;
    let mut seen = false;
    for selector in SELECTORS {
        let name = format!("{selector}._domainkey.{}", dns.domain);
        for text in &record(dns, "TXT", &name)?.records {
            let tags = mail::tags(text);
            let Some(key) = tags.get("p") else { continue };
            seen = true;
            match mail::key_bits(text) {
                Some(bits) if bits < 2048 => {
                    let severity = if bits < 1024 { Severity::Medium } else { Severity::Low };
                    return found(
                        Report::of_site(format!("the key of the selector `{selector}` has {bits} bits"))
                            .severity(severity),
                    );
                }
                _ if !key.is_empty()
                    && tags.get("t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == "y")) =>
                {
                    return found(Report::of_site(format!(
                        "the selector `{selector}` is in test: receivers ignore its verdict"
                    )));
                }
                _ => {}
            }
        }
    }
    if seen { FINE } else { Err(Unjudged::NotApplicable("no key is published under a usual selector".to_owned())) }
}
