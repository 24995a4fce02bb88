//! SSL 2.0 is spoken.
//!
//! ## What it does
//!
//! Sends a hello of SSL 2.0 by hand.
//!
//! ## Why it matters
//!
//! The protocol is broken since 1996, and a key that it shares with TLS can be read through it (DROWN).
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 2, "suites": []}, {"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}]}
//! ```
//!
//! ## How to fix
//!
//! nginx: `ssl_protocols TLSv1.2 TLSv1.3;`. `castellan harden nginx` writes a whole site.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/326.html>
//! * RFC 6176: <https://www.rfc-editor.org/rfc/rfc6176>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{complete, tls};
use crate::rule::{Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("tls-ssl2", "TLS001", Group::Tls, Severity::High, 326);

pub(super) fn check(view: &View<'_>) -> Judged {
    let tls = tls(view)?;
    if tls.takes(2) { found(Report::of_site("the server speaks SSL 2.0")) } else { complete(tls) }
}
