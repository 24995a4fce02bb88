//! The client chooses the cipher suite, and weak ones are among them.
//!
//! ## What it does
//!
//! Offers the two suites that the server likes best the other way round.
//!
//! ## Why it matters
//!
//! An old client ends with the weakest suite that it knows.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_3DES_EDE_CBC_SHA"]}], "prefers_own_order": false}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"]}], "prefers_own_order": false}
//! ```
//!
//! ## How to fix
//!
//! Leave the weak suites out; then the order does not matter. Otherwise `ssl_prefer_server_ciphers on;`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/757.html>
//! * RFC 9325 (BCP 195): <https://www.rfc-editor.org/rfc/rfc9325>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::tls;
use crate::rule::{FINE, Judged, Report, found};
use crate::tls::{is_forward_secret, weakness};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("tls-client-chooses", "TLS017", Group::Tls, Severity::Low, 757);

pub(super) fn check(view: &View<'_>) -> Judged {
    let tls = tls(view)?;
    let weak = tls
        .versions
        .iter()
        .flat_map(|version| &version.suites)
        .any(|suite| weakness(suite).is_some() || !is_forward_secret(suite));
    if tls.prefers_own_order == Some(false) && weak {
        return found(Report::of_site("the order of the client counts"));
    }
    FINE
}
