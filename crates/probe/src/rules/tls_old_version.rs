//! TLS 1.0 or 1.1 is spoken.
//!
//! ## What it does
//!
//! Sends hellos of both versions by hand.
//!
//! ## Why it matters
//!
//! Both rest on MD5 and SHA-1 and are withdrawn; rules for card payments forbid them.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 769, "suites": ["TLS_RSA_WITH_AES_128_CBC_SHA"]}, {"number": 770, "suites": ["TLS_RSA_WITH_AES_128_CBC_SHA"]}, {"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}]}
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
//! nginx: `ssl_protocols TLSv1.2 TLSv1.3;`. `castellan harden nginx` writes a whole site.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/327.html>
//! * RFC 8996: <https://www.rfc-editor.org/rfc/rfc8996>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{complete, tls};
use crate::rule::{Judged, Report, found};
use crate::tls::{version_name, wire};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("tls-old-version", "TLS003", Group::Tls, Severity::Medium, 327);

pub(super) fn check(view: &View<'_>) -> Judged {
    let tls = tls(view)?;
    let old: Vec<&str> =
        [wire::TLS10, wire::TLS11].into_iter().filter(|version| tls.takes(*version)).map(version_name).collect();
    if old.is_empty() {
        complete(tls)
    } else {
        found(Report::of_site(format!("the server speaks {}", old.join(" and "))))
    }
}
