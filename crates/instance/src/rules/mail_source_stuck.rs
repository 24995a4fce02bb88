//! Mail is not fetched any more.
//!
//! ## What it does
//!
//! Looks at active, confirmed incoming servers whose last fetch is more than a day ago.
//!
//! ## Why it matters
//!
//! Answers of customers and alerts are lying in a mailbox that nobody reads.
//!
//! ## Bad
//!
//! ```json
//! {"mail_sources": [{"id": 1, "name": "in", "host": "pop.example.com", "kind": "pop", "tls": true, "state": "done", "active": true, "fetched": 1789000000}]}
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
//! Test the server; look at its job and its password.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/778.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("mail-source-stuck", "SET012", Group::Settings, Severity::Low, 778);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["mail_sources"])?;
    let records: Vec<_> = view
        .evidence
        .mail_sources
        .iter()
        .filter(|one| {
            one.active
                && one.state == "done"
                && matches!(one.kind.as_str(), "imap" | "pop")
                && view.days_since(one.fetched) >= 1
        })
        .map(|one| (one.id, one.name.clone()))
        .collect();
    found_if_any(
        Report::of("fetchmail.server", "active, confirmed, not fetched for a day", "mail is not fetched any more")
            .records(records),
    )
}
