//! The certificate of a public authority lives longer than the rules allow.
//!
//! ## What it does
//!
//! Compares its life with the rule for the day it was issued: 825, 398, from 2026-03-15 200, in 2027 100, in 2029 47
//! days.
//!
//! ## Why it matters
//!
//! Browsers refuse such certificates.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1783000000, "not_after": 1817387200, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true}]], "distrust": null}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true}]], "distrust": null}
//! ```
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1783000000, "not_after": 2098360000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": false, "revocation": true}]], "distrust": "no authority of Mozilla's list stands behind it"}
//! ```
//!
//! ## How to fix
//!
//! Order a new one.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/324.html>
//! * CA/Browser Forum, baseline requirements: <https://cabforum.org/working-groups/server/baseline-requirements/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{certificate, is_distrusted, longest_life};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("certificate-life-too-long", "TLS038", Group::Tls, Severity::Low, 324);

pub(super) fn check(view: &View<'_>) -> Judged {
    let certificate = certificate(view)?;
    if is_distrusted(view) {
        return Err(Unjudged::NotApplicable("the authority is not a public one".to_owned()));
    }
    let most = longest_life(certificate.not_before);
    if certificate.days() > most {
        return found(Report::of_site(format!(
            "the certificate lives {} days, {most} are allowed",
            certificate.days()
        )));
    }
    FINE
}
