//! The certificate ends soon.
//!
//! ## What it does
//!
//! Compares what is left with its whole life: less than a third should have been renewed, less than a sixth or a week is
//! late.
//!
//! ## Why it matters
//!
//! When renewal does not work, the site goes dark on that day.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1783952000, "not_after": 1791728000, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true}]], "distrust": null}
//! ```
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "chains": [[{"subject": "CN=erp.example.com", "issuer": "CN=An Authority", "names": ["erp.example.com"], "not_before": 1782483200, "not_after": 1790259200, "key_kind": "EC", "key_bits": 256, "signature_hash": "SHA256", "timestamps": true, "revocation": true}]], "distrust": null}
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
//! Look why the timer that renews it did not run.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/298.html>
//! * CA/Browser Forum, baseline requirements: <https://cabforum.org/working-groups/server/baseline-requirements/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{certificates, count_days, date};
use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("certificate-expiring", "TLS031", Group::Tls, Severity::Medium, 298);

pub(super) fn check(view: &View<'_>) -> Judged {
    // The one that ends first.
    let Some(certificate) = certificates(view)?.into_iter().min_by_key(|certificate| certificate.not_after) else {
        return FINE;
    };
    let now = view.evidence.time;
    let left = certificate.not_after - now;
    let life = (certificate.not_after - certificate.not_before).max(1);
    if left < 0 {
        return Err(Unjudged::NotApplicable("it has ended".to_owned()));
    }
    // Six-day certificates are renewed every other day: a week is no measure for them.
    let late = left < life / 6 || (left < 7 * 86_400 && life > 30 * 86_400);
    if late || left < life / 3 {
        let severity = if late { Severity::High } else { Severity::Medium };
        let message = format!(
            "the certificate ends on {}: {} of {}",
            date(certificate.not_after),
            count_days(left),
            count_days(life)
        );
        return found(Report::of_site(message).severity(severity));
    }
    FINE
}
