//! Traffic that is recorded today could be read by a quantum computer.
//!
//! ## What it does
//!
//! Looks for X25519MLKEM768 and its like among the groups.
//!
//! ## Why it matters
//!
//! Browsers have offered it since 2024. Whoever records traffic now may wait.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "groups": [29]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "groups": [4588, 29]}
//! ```
//!
//! ## How to fix
//!
//! OpenSSL 3.5 and newer offer it by themselves; put X25519MLKEM768 first in `ssl_ecdh_curve`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/327.html>
//! * <https://csrc.nist.gov/pubs/fips/203/final>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::tls;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("tls-no-post-quantum", "TLS011", Group::Tls, Severity::Info, 327)
    .persona(castellan_model::Persona::Pedantic);

pub(super) fn check(view: &View<'_>) -> Judged {
    let tls = tls(view)?;
    if tls.groups.iter().any(|group| matches!(group, 0x11eb..=0x11ed)) {
        return FINE;
    }
    if let Some(reason) = &tls.incomplete {
        return Err(Unjudged::CouldNotTell(reason.clone()));
    }
    found(Report::of_site("no group with ML-KEM is taken"))
}
