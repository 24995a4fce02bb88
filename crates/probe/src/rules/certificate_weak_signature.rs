//! A certificate is signed with a broken hash.
//!
//! ## What it does
//!
//! Reads the signatures of the chain, those of roots left out.
//!
//! ## Why it matters
//!
//! A second certificate with the same signature can be made.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA1", "timestamps": true, "revocation": true}]], "distrust": null}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true}, {"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA1", "timestamps": true, "revocation": true, "self_issued": true, "is_authority": true}]], "distrust": null}
//! ```
//!
//! ## How to fix
//!
//! Order a new certificate.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/328.html>
//! * CA/Browser Forum, baseline requirements: <https://cabforum.org/working-groups/server/baseline-requirements/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::certificate;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("certificate-weak-signature", "TLS037", Group::Tls, Severity::High, 328);

pub(super) fn check(view: &View<'_>) -> Judged {
    certificate(view)?;
    let mut all = view.evidence.tls.iter().flat_map(|tls| &tls.chains).flatten();
    let weak = all.find(|one| {
        matches!(one.signature_hash.as_str(), "MD2" | "MD5" | "SHA1") && !(one.self_issued && one.is_authority)
    });
    match weak {
        Some(one) => {
            found(Report::of_site(format!("the certificate of {} is signed with {}", one.subject, one.signature_hash)))
        }
        None => FINE,
    }
}
