//! No cipher suite checks what it decrypts.
//!
//! ## What it does
//!
//! Looks for GCM, CCM or ChaCha20-Poly1305 among the suites that the server takes.
//!
//! ## Why it matters
//!
//! The older modes have a history of attacks on their padding (BEAST, Lucky 13).
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"]}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}]}
//! ```
//!
//! ## How to fix
//!
//! Take Mozilla's intermediate list for `ssl_ciphers`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/327.html>
//! * RFC 9325 (BCP 195): <https://www.rfc-editor.org/rfc/rfc9325>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::tls;
use crate::rule::{FINE, Judged, Report, found};
use crate::tls::is_authenticated;
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("tls-no-authenticated-cipher", "TLS008", Group::Tls, Severity::Medium, 327);

pub(super) fn check(view: &View<'_>) -> Judged {
    let tls = tls(view)?;
    if tls
        .versions
        .iter()
        .flat_map(|version| &version.suites)
        .any(|suite| is_authenticated(suite) || !suite.contains("_WITH_"))
    {
        return FINE;
    }
    if let Some(reason) = &tls.incomplete {
        return Err(Unjudged::CouldNotTell(reason.clone()));
    }
    found(Report::of_site("the server takes CBC and stream ciphers only"))
}
