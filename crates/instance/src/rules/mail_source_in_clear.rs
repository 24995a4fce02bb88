//! Mail is fetched in clear.
//!
//! ## What it does
//!
//! Looks at active incoming servers without TLS; those on this host are low.
//!
//! ## Why it matters
//!
//! Whoever is on the way has the password of the mailbox, and with it every link that resets a password.
//!
//! ## Bad
//!
//! ```json
//! {"mail_sources": [{"id": 1, "name": "in", "host": "pop.example.com", "kind": "pop", "tls": false, "state": "done", "active": true, "fetched": 1789999000}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"mail_sources": [{"id": 1, "name": "in", "host": "pop.example.com", "kind": "pop", "tls": true, "state": "done", "active": true, "fetched": 1789999000}]}
//! ```
//!
//! ## How to fix
//!
//! Switch on SSL/TLS.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("mail-source-in-clear", "SET011", Group::Settings, Severity::Medium, 319);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["mail_sources"])?;
    let mut worst = Severity::Low;
    let mut records = Vec::new();
    for one in view.evidence.mail_sources.iter().filter(|one| one.active && !one.tls && one.kind != "local") {
        if !helpers::is_local(&one.host) {
            worst = Severity::Medium;
        }
        records.push((one.id, format!("{} ({})", one.name, one.host)));
    }
    let report = Report::of("fetchmail.server", "active, no TLS", "mail is fetched without encryption");
    found_if_any(report.records(records).severity(worst))
}
