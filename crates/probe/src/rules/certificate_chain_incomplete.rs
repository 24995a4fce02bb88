//! The server leaves certificates between its own and the authority out.
//!
//! ## What it does
//!
//! Looks for a single certificate of a public authority that cannot be followed to the list. Browsers may get the rest by
//! themselves.
//!
//! ## Why it matters
//!
//! Integrations, phones and Odoo itself refuse the connection, and somebody switches the check off.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true}]], "distrust": "no authority of Mozilla's list stands behind it"}
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
//! Serve the whole chain: `fullchain.pem` in `ssl_certificate`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/295.html>
//! * CA/Browser Forum, baseline requirements: <https://cabforum.org/working-groups/server/baseline-requirements/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{certificate, certificate_chain, is_distrusted};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("certificate-chain-incomplete", "TLS035", Group::Tls, Severity::Medium, 295);

pub(super) fn check(view: &View<'_>) -> Judged {
    let certificate = certificate(view)?;
    if is_distrusted(view) && certificate.timestamps && !certificate.self_issued && certificate_chain(view).len() == 1 {
        return found(Report::of_site(format!("the certificate of {} is not sent", certificate.issuer)));
    }
    FINE
}
