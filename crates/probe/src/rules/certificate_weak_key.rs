//! The key of the certificate is too short.
//!
//! ## What it does
//!
//! Reads kind and length of the key: RSA below 2048 bits, EC below 224, an exponent of 1.
//!
//! ## Why it matters
//!
//! The private key can be worked out, and then the site can be played by anybody.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "RSA", "key_bits": 1024, "signature_hash": "SHA256", "timestamps": true, "revocation": true}]], "distrust": null}
//! ```
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "RSA", "key_bits": 2048, "signature_hash": "SHA256", "timestamps": true, "revocation": true, "exponent_one": true}]], "distrust": null}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "RSA", "key_bits": 2048, "signature_hash": "SHA256", "timestamps": true, "revocation": true}]], "distrust": null}
//! ```
//!
//! ## How to fix
//!
//! Make a new key: EC P-256, or RSA with 2048 bits or more.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/326.html>
//! * CA/Browser Forum, baseline requirements: <https://cabforum.org/working-groups/server/baseline-requirements/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::certificates;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("certificate-weak-key", "TLS036", Group::Tls, Severity::High, 326);

pub(super) fn check(view: &View<'_>) -> Judged {
    for certificate in certificates(view)? {
        let least = match certificate.key_kind.as_str() {
            "RSA" => 2048,
            "EC" => 224,
            _ => 0,
        };
        if certificate.exponent_one {
            return found(Report::of_site("the exponent of the RSA key is 1: nothing is encrypted"));
        }
        if certificate.key_bits > 0 && certificate.key_bits < least {
            return found(Report::of_site(format!(
                "the {} key has {} bits",
                certificate.key_kind, certificate.key_bits
            )));
        }
    }
    FINE
}
