//! The certificate of a public authority is in no public log.
//!
//! ## What it does
//!
//! Looks for signed certificate timestamps in it.
//!
//! ## Why it matters
//!
//! Browsers refuse it, and a forged one would not be seen.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": false, "revocation": true}]], "distrust": null}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true}]], "distrust": null}
//! ```
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": false, "revocation": true}]], "distrust": "no authority of Mozilla's list stands behind it"}
//! ```
//!
//! ## How to fix
//!
//! Order a new one; every public authority logs today.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/295.html>
//! * RFC 6962: <https://www.rfc-editor.org/rfc/rfc6962>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{certificate, is_distrusted};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("certificate-not-logged", "TLS039", Group::Tls, Severity::Medium, 295);

pub(super) fn check(view: &View<'_>) -> Judged {
    let certificate = certificate(view)?;
    if is_distrusted(view) {
        return Err(Unjudged::NotApplicable("the authority is not a public one".to_owned()));
    }
    if certificate.timestamps || view.evidence.tls.as_ref().is_some_and(|tls| tls.own_authority) {
        return FINE;
    }
    found(Report::of_site("there are no signed certificate timestamps").confidence(castellan_model::Confidence::Medium))
}
