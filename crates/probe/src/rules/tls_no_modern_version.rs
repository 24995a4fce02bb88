//! TLS 1.3 is not spoken.
//!
//! ## What it does
//!
//! Sends a hello of TLS 1.3.
//!
//! ## Why it matters
//!
//! Handshakes are slower, certificates go over the wire in clear, and weak choices stay possible.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}]}
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
//! nginx 1.13 and newer: add `TLSv1.3` to `ssl_protocols`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/327.html>
//! * RFC 9325 (BCP 195): <https://www.rfc-editor.org/rfc/rfc9325>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::tls;
use crate::rule::{FINE, Judged, Report, found};
use crate::tls::{version_name, wire};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("tls-no-modern-version", "TLS004", Group::Tls, Severity::Low, 327);

pub(super) fn check(view: &View<'_>) -> Judged {
    let tls = tls(view)?;
    if tls.takes(wire::TLS13) {
        return FINE;
    }
    if let Some(reason) = &tls.incomplete {
        return Err(Unjudged::CouldNotTell(reason.clone()));
    }
    let best = tls.versions.last().map_or("nothing", |version| version_name(version.number));
    found(Report::of_site(format!("the best version is {best}")))
}
