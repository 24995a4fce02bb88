//! Sessions before TLS 1.3 are not bound to their handshake.
//!
//! ## What it does
//!
//! Looks for the extension of RFC 7627 in the answer.
//!
//! ## Why it matters
//!
//! Two sessions can be given the same keys by somebody in the middle (triple handshake).
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}], "extended_master_secret": false}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}], "extended_master_secret": true}
//! ```
//!
//! ## How to fix
//!
//! Update the TLS library of the proxy.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/300.html>
//! * RFC 7627: <https://www.rfc-editor.org/rfc/rfc7627>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::tls;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("tls-no-extended-master-secret", "TLS018", Group::Tls, Severity::Low, 300);

pub(super) fn check(view: &View<'_>) -> Judged {
    let tls = tls(view)?;
    match tls.extended_master_secret {
        Some(false) => found(Report::of_site("the extended master secret is not spoken")),
        Some(true) => FINE,
        None => Err(Unjudged::NotApplicable("TLS 1.3 has it built in".to_owned())),
    }
}
