//! The server sends the certificate of the root along.
//!
//! ## What it does
//!
//! Looks for a certificate in the chain that is issued by itself, behind the first.
//!
//! ## Why it matters
//!
//! Nobody needs it: it makes every handshake longer.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true}, {"subject": "CN=An Authority", "issuer": "CN=A Root", "names": [], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true, "is_authority": true}, {"subject": "CN=A Root", "issuer": "CN=A Root", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true, "self_issued": true, "is_authority": true}]], "distrust": null}
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
//! Leave the last one out of the file.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1164.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{certificate, certificate_chain};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("certificate-root-sent", "TLS041", Group::Tls, Severity::Info, 1164)
    .persona(castellan_model::Persona::Pedantic);

pub(super) fn check(view: &View<'_>) -> Judged {
    certificate(view)?;
    match certificate_chain(view).iter().skip(1).find(|one| one.self_issued) {
        Some(root) => found(Report::of_site(format!("{} is sent along", root.subject))),
        None => FINE,
    }
}
