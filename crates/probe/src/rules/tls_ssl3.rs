//! SSL 3.0 is spoken.
//!
//! ## What it does
//!
//! Sends hellos of SSL 3.0 by hand.
//!
//! ## Why it matters
//!
//! Anybody on the way can force old browsers to it and read cookies (POODLE).
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 768, "suites": ["TLS_RSA_WITH_AES_128_CBC_SHA"]}, {"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}]}
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
//! * <https://cwe.mitre.org/data/definitions/326.html>
//! * RFC 7568: <https://www.rfc-editor.org/rfc/rfc7568>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{complete, suites, tls};
use crate::rule::{Judged, Report, found};
use crate::tls::wire;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("tls-ssl3", "TLS002", Group::Tls, Severity::High, 326);

pub(super) fn check(view: &View<'_>) -> Judged {
    let tls = tls(view)?;
    if tls.takes(wire::SSL3) {
        found(Report::of_site(format!("the server speaks SSL 3.0{}", suites(tls, wire::SSL3))))
    } else {
        complete(tls)
    }
}
