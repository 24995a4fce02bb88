//! The certificate vouches for itself.
//!
//! ## What it does
//!
//! Looks for a certificate whose issuer is itself and that no authority stands behind.
//!
//! ## Why it matters
//!
//! Nobody can tell the site from one that pretends to be it; integrations that work have checks switched off.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=erp.example.com", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": false, "revocation": true, "self_issued": true}]], "distrust": "no authority of Mozilla's list stands behind it"}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true}, {"subject": "CN=An Authority", "issuer": "CN=A Root", "names": [], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true, "is_authority": true}]], "distrust": null}
//! ```
//!
//! ## How to fix
//!
//! Take a certificate from a public authority (Let's Encrypt), or from one of your own that every client knows, and name
//! it here with `--authority`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/295.html>
//! * CA/Browser Forum, baseline requirements: <https://cabforum.org/working-groups/server/baseline-requirements/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{certificate, certificate_chain, is_distrusted, severity_of_distrust};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("certificate-self-signed", "TLS033", Group::Tls, Severity::High, 295);

pub(super) fn check(view: &View<'_>) -> Judged {
    let certificate = certificate(view)?;
    if certificate.self_issued && certificate_chain(view).len() == 1 && is_distrusted(view) {
        return found(Report::of_site("the certificate is signed by itself").severity(severity_of_distrust(view)));
    }
    FINE
}
