//! The heartbeat extension is offered.
//!
//! ## What it does
//!
//! Looks for the extension in the answer; nothing is sent through it.
//!
//! ## Why it matters
//!
//! Nobody needs it over TCP, and the programs that offer it are from the years of Heartbleed.
//!
//! ## Bad
//!
//! ```json
//! {"versions": [{"number": 771, "suites": ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"]}], "heartbeat": true}
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
//! Update the TLS library; newer ones have no heartbeat.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1188.html>
//! * RFC 6520: <https://www.rfc-editor.org/rfc/rfc6520>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{complete, tls};
use crate::rule::{Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("tls-heartbeat", "TLS015", Group::Tls, Severity::Info, 1188);

pub(super) fn check(view: &View<'_>) -> Judged {
    let tls = tls(view)?;
    if tls.heartbeat { found(Report::of_site("the server answers the heartbeat extension")) } else { complete(tls) }
}
