//! Requests can be sent again by somebody on the way.
//!
//! ## What it does
//!
//! Looks at the tickets of TLS 1.3 for a permission to send data with the hello.
//!
//! ## Why it matters
//!
//! Early data is not protected against replay: a recorded order or payment can be sent twice. Odoo does not know that a
//! request came early.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}, {"number": 772, "suites": ["TLS_AES_256_GCM_SHA384"]}], "early_data": true}
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
//! nginx: `ssl_early_data off;`, which is the default.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/294.html>
//! * RFC 8470: <https://www.rfc-editor.org/rfc/rfc8470>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::tls;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("tls-early-data", "TLS016", Group::Tls, Severity::Medium, 294);

pub(super) fn check(view: &View<'_>) -> Judged {
    let tls = tls(view)?;
    if tls.early_data { found(Report::of_site("the server takes early data")) } else { FINE }
}
