//! The server takes curves that are too small.
//!
//! ## What it does
//!
//! Offers every group by hand and keeps those that the server takes.
//!
//! ## Why it matters
//!
//! Curves below 224 bits are below what is thought safe today.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}], "groups": [23, 19]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}], "groups": [29, 23]}
//! ```
//!
//! ## How to fix
//!
//! nginx: `ssl_ecdh_curve X25519:prime256v1:secp384r1;`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/326.html>
//! * RFC 9325 (BCP 195): <https://www.rfc-editor.org/rfc/rfc9325>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{complete, tls};
use crate::rule::{Judged, Report, found};
use crate::tls::{group_bits, group_name};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("tls-weak-group", "TLS010", Group::Tls, Severity::Low, 326);

pub(super) fn check(view: &View<'_>) -> Judged {
    let tls = tls(view)?;
    let weak: Vec<String> =
        tls.groups.iter().filter(|group| group_bits(**group) < 224).map(|group| group_name(*group)).collect();
    if weak.is_empty() {
        complete(tls)
    } else {
        found(Report::of_site(format!("the server takes {}", weak.join(", "))))
    }
}
