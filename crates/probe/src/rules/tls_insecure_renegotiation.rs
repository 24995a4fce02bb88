//! A handshake can be started anew by somebody on the way.
//!
//! ## What it does
//!
//! Looks for the extension of RFC 5746 in the answer.
//!
//! ## Why it matters
//!
//! Whoever is on the way puts a request of their own in front of that of the visitor.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}], "secure_renegotiation": false}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}], "secure_renegotiation": true}
//! ```
//!
//! ## How to fix
//!
//! Update the TLS library of the proxy.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/300.html>
//! * RFC 5746: <https://www.rfc-editor.org/rfc/rfc5746>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::tls;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("tls-insecure-renegotiation", "TLS013", Group::Tls, Severity::High, 300);

pub(super) fn check(view: &View<'_>) -> Judged {
    let tls = tls(view)?;
    match tls.secure_renegotiation {
        Some(false) => found(Report::of_site("renegotiation is not protected")),
        Some(true) => FINE,
        None => Err(Unjudged::NotApplicable("TLS 1.3 has no renegotiation".to_owned())),
    }
}
