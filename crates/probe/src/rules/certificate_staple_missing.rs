//! The certificate wants a status to be sent along, and none is.
//!
//! ## What it does
//!
//! Looks for the extension of RFC 7633 and for a stapled answer.
//!
//! ## Why it matters
//!
//! Browsers that take it at its word refuse the site.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true, "must_staple": true}]], "distrust": null}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true}]], "distrust": null}
//! ```
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true, "must_staple": true}]], "staple": true}
//! ```
//!
//! ## How to fix
//!
//! nginx: `ssl_stapling on;` with a resolver, or order one without the extension.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/299.html>
//! * RFC 7633: <https://www.rfc-editor.org/rfc/rfc7633>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::certificate;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("certificate-staple-missing", "TLS040", Group::Tls, Severity::High, 299);

pub(super) fn check(view: &View<'_>) -> Judged {
    let certificate = certificate(view)?;
    if certificate.must_staple && !view.evidence.tls.as_ref().is_some_and(|tls| tls.staple) {
        return found(Report::of_site("no status is stapled, and the certificate wants one"));
    }
    FINE
}
