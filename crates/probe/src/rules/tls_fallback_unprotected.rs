//! A client can be led down to an older version.
//!
//! ## What it does
//!
//! Offers the second best version with the mark of RFC 7507.
//!
//! ## Why it matters
//!
//! Somebody on the way breaks the first tries until the client takes an older one.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 769, "suites": ["TLS_RSA_WITH_AES_128_CBC_SHA"]}, {"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}], "refuses_fallback": false}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}], "refuses_fallback": true}
//! ```
//!
//! ## How to fix
//!
//! Offer TLS 1.2 and 1.3 only, or update the TLS library.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/757.html>
//! * RFC 7507: <https://www.rfc-editor.org/rfc/rfc7507>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::tls;
use crate::rule::{FINE, Judged, Report, found};
use crate::tls::wire;
use crate::view::Unjudged;
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("tls-fallback-unprotected", "TLS014", Group::Tls, Severity::Low, 757);

pub(super) fn check(view: &View<'_>) -> Judged {
    let tls = tls(view)?;
    if tls.versions.iter().filter(|version| version.number <= wire::TLS12).count() < 2 {
        return Err(Unjudged::NotApplicable("there is no older version to fall back to".to_owned()));
    }
    match tls.refuses_fallback {
        Some(false) => found(Report::of_site("an older version is taken although the client knows a newer one")),
        Some(true) => FINE,
        None => Err(Unjudged::CouldNotTell("the hello was not answered".to_owned())),
    }
}
