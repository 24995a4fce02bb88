//! No known authority stands behind the certificate.
//!
//! ## What it does
//!
//! Builds the chain to Mozilla's list of authorities, and to those named with `--authority`.
//!
//! ## Why it matters
//!
//! Browsers refuse the site; integrations that work have checks switched off.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": false, "revocation": true}, {"subject": "CN=An Authority", "issuer": "CN=A Root", "names": [], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true, "is_authority": true}]], "distrust": "no authority of Mozilla's list stands behind it"}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true}, {"subject": "CN=An Authority", "issuer": "CN=A Root", "names": [], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true, "is_authority": true}]], "distrust": null}
//! ```
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true}]], "distrust": "it has expired"}
//! ```
//!
//! ## How to fix
//!
//! Take a certificate from a public authority (Let's Encrypt), or name your own with `--authority FILE`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/295.html>
//! * CA/Browser Forum, baseline requirements: <https://cabforum.org/working-groups/server/baseline-requirements/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{certificate, certificate_chain, is_distrusted, severity_of_distrust};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("certificate-untrusted", "TLS034", Group::Tls, Severity::High, 295);

pub(super) fn check(view: &View<'_>) -> Judged {
    let certificate = certificate(view)?;
    let lonely = certificate.timestamps && certificate_chain(view).len() == 1;
    if is_distrusted(view) && !lonely && !(certificate.self_issued && certificate_chain(view).len() == 1) {
        let message = format!(
            "no authority of Mozilla's list stands behind the certificate; its issuer is {}",
            certificate.issuer
        );
        return found(Report::of_site(message).severity(severity_of_distrust(view)));
    }
    FINE
}
