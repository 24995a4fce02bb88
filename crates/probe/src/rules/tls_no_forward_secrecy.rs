//! Traffic can be recorded today and read when the key is stolen.
//!
//! ## What it does
//!
//! Looks for suites with a static RSA key among those that the server takes.
//!
//! ## Why it matters
//!
//! Recorded traffic opens with the private key; such suites are also open to attacks on their padding (ROBOT).
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_RSA_WITH_AES_128_GCM_SHA256"]}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}]}
//! ```
//!
//! ## How to fix
//!
//! Leave suites without ECDHE out: in nginx Mozilla's intermediate list for `ssl_ciphers`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/327.html>
//! * RFC 9325 (BCP 195): <https://www.rfc-editor.org/rfc/rfc9325>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{complete, count, tls};
use crate::rule::{Judged, Report, found};
use crate::tls::is_forward_secret;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("tls-no-forward-secrecy", "TLS007", Group::Tls, Severity::Low, 327);

pub(super) fn check(view: &View<'_>) -> Judged {
    let tls = tls(view)?;
    let all = || tls.versions.iter().flat_map(|version| &version.suites);
    let fixed: std::collections::BTreeSet<&String> = all().filter(|suite| !is_forward_secret(suite)).collect();
    if fixed.is_empty() {
        return complete(tls);
    }
    let only = all().all(|suite| !is_forward_secret(suite));
    let severity = if only { Severity::Medium } else { Severity::Low };
    let message = format!(
        "{} without forward secrecy{}",
        count(fixed.len(), "suite"),
        if only { ", and none with it" } else { "" }
    );
    found(Report::of_site(message).severity(severity))
}
