//! The certificate is not valid at this time.
//!
//! ## What it does
//!
//! Compares its first and last second with the clock of this machine.
//!
//! ## Why it matters
//!
//! Browsers and integrations refuse the site, and people learn to click warnings away.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1755440000, "not_after": 1789913600, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true}]], "distrust": "it has expired"}
//! ```
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1790086400, "not_after": 1797776000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true}]], "distrust": "it is not valid yet"}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1788272000, "not_after": 1796048000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true}]], "distrust": null}
//! ```
//!
//! ## How to fix
//!
//! Renew it, and let a timer do so (`certbot renew`, Caddy).
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/298.html>
//! * CA/Browser Forum, baseline requirements: <https://cabforum.org/working-groups/server/baseline-requirements/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{certificates, date};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("certificate-expired", "TLS030", Group::Tls, Severity::High, 298);

pub(super) fn check(view: &View<'_>) -> Judged {
    let now = view.evidence.time;
    for certificate in certificates(view)? {
        if certificate.not_after < now {
            return found(Report::of_site(format!("the certificate ended on {}", date(certificate.not_after))));
        }
        if certificate.not_before > now {
            return found(Report::of_site(format!("the certificate begins on {}", date(certificate.not_before))));
        }
    }
    FINE
}
