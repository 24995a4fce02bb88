//! Weak cipher suites are offered.
//!
//! ## What it does
//!
//! Offers every suite by hand and keeps those with RC4, 64-bit blocks or MD5.
//!
//! ## Why it matters
//!
//! With enough traffic, cookies can be worked out (SWEET32, RC4).
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}]}
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
//! Name good suites only: Mozilla's intermediate list. `castellan harden nginx` writes it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/327.html>
//! * RFC 9325 (BCP 195): <https://www.rfc-editor.org/rfc/rfc9325>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{complete, tls, with_weakness};
use crate::rule::{Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("tls-weak-cipher", "TLS006", Group::Tls, Severity::Medium, 327);

pub(super) fn check(view: &View<'_>) -> Judged {
    let tls = tls(view)?;
    let weak = with_weakness(tls, |reason| matches!(reason, "RC4" | "64-bit blocks (SWEET32)" | "MD5"));
    if weak.is_empty() {
        complete(tls)
    } else {
        found(Report::of_site(format!("the server takes {}", weak.join("; "))))
    }
}
