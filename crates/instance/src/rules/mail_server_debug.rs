//! Whole mails are written into the log.
//!
//! ## What it does
//!
//! Looks at active outgoing servers with debugging.
//!
//! ## Why it matters
//!
//! The log holds links that reset passwords, and who wrote what to whom.
//!
//! ## Bad
//!
//! ```json
//! {"mail_servers": [{"id": 1, "debug": true}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"mail_servers": [{"id": 1, "debug": false}]}
//! ```
//!
//! ## How to fix
//!
//! Switch debugging off.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/532.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("mail-server-debug", "SET010", Group::Settings, Severity::Low, 532);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["mail_servers"])?;
    let records: Vec<_> = view
        .evidence
        .mail_servers
        .iter()
        .filter(|one| one.active && one.debug)
        .map(|one| (one.id, one.name.clone()))
        .collect();
    found_if_any(
        Report::of("ir.mail_server", "active, smtp_debug", "whole mails are written into the log").records(records),
    )
}
