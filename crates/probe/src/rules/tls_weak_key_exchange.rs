//! The prime of the key exchange is too small.
//!
//! ## What it does
//!
//! Reads the parameters that the server sends for suites with DHE.
//!
//! ## Why it matters
//!
//! 1024 bits are within reach of a state, less of anybody (Logjam).
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}], "dh_bits": 1024}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}], "dh_bits": 2048}
//! ```
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}]}
//! ```
//!
//! ## How to fix
//!
//! Leave DHE out, or give 2048 bits: `ssl_dhparam` in nginx.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/326.html>
//! * <https://weakdh.org/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{complete, tls};
use crate::rule::{Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("tls-weak-key-exchange", "TLS009", Group::Tls, Severity::Medium, 326);

pub(super) fn check(view: &View<'_>) -> Judged {
    let tls = tls(view)?;
    match tls.dh_bits {
        Some(bits) if bits < 2048 => {
            let severity = if bits < 1024 { Severity::High } else { Severity::Medium };
            found(Report::of_site(format!("the prime has {bits} bits")).severity(severity))
        }
        _ => complete(tls),
    }
}
