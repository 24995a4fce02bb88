//! Cipher suites are offered that protect nothing.
//!
//! ## What it does
//!
//! Offers every suite by hand and keeps those that the server takes: without encryption, without authentication, with
//! export or 56-bit keys.
//!
//! ## Why it matters
//!
//! Whoever is on the way reads or forges the traffic of a client that can be led to them.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_RSA_WITH_NULL_SHA256", "TLS_DH_anon_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_RSA_WITH_3DES_EDE_CBC_SHA"]}]}
//! ```
//!
//! ## How to fix
//!
//! Name good suites only: Mozilla's intermediate list. `castellan harden nginx` writes it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/327.html>
//! * RFC 9325 (BCP 195): <https://www.rfc-editor.org/rfc/rfc9325>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{complete, tls, with_weakness};
use crate::rule::{Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("tls-broken-cipher", "TLS005", Group::Tls, Severity::High, 327);

pub(super) fn check(view: &View<'_>) -> Judged {
    let tls = tls(view)?;
    let broken = with_weakness(tls, |reason| {
        matches!(reason, "no encryption" | "no authentication of the server" | "export strength" | "56-bit keys")
    });
    if broken.is_empty() {
        complete(tls)
    } else {
        found(Report::of_site(format!("the server takes {}", broken.join("; "))))
    }
}
