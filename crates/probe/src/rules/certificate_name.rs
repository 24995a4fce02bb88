//! The certificate is for another name.
//!
//! ## What it does
//!
//! Compares its names with the host that was asked, wildcards for one label.
//!
//! ## Why it matters
//!
//! Browsers refuse the site, and nobody can tell it from one that pretends to be it.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["www.example.com", "*.erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true}]], "distrust": "it is for another name"}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true}]], "distrust": null}
//! ```
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["*.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true}]], "distrust": null}
//! ```
//!
//! ## How to fix
//!
//! Order a certificate with this name, or give the proxy the right one for it (`server_name`).
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/297.html>
//! * CA/Browser Forum, baseline requirements: <https://cabforum.org/working-groups/server/baseline-requirements/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::certificates;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("certificate-name", "TLS032", Group::Tls, Severity::High, 297);

pub(super) fn check(view: &View<'_>) -> Judged {
    let wrong = certificates(view)?.into_iter().find(|certificate| !certificate.is_for(&view.evidence.host));
    let Some(certificate) = wrong else { return FINE };
    let names = certificate.names.iter().take(3).cloned().collect::<Vec<_>>().join(", ");
    if names.is_empty() {
        let message = format!("the certificate names no host; its subject, {}, does not count", certificate.subject);
        return found(Report::of_site(message));
    }
    found(Report::of_site(format!("the certificate is for {names}, not for {}", view.evidence.host)))
}
