//! TLS compresses what it encrypts.
//!
//! ## What it does
//!
//! Offers DEFLATE in hellos before TLS 1.3.
//!
//! ## Why it matters
//!
//! A foreign page works out the session cookie from the length of the answers (CRIME).
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}], "compression": true}
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
//! Switch it off in the TLS library: `Options = -Compression` in openssl.cnf, or update it.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/310.html>
//! * RFC 9325 (BCP 195): <https://www.rfc-editor.org/rfc/rfc9325>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{complete, tls};
use crate::rule::{Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("tls-compression", "TLS012", Group::Tls, Severity::High, 310);

pub(super) fn check(view: &View<'_>) -> Judged {
    let tls = tls(view)?;
    if tls.compression { found(Report::of_site("the server takes DEFLATE")) } else { complete(tls) }
}
