//! Mail does not leave.
//!
//! ## What it does
//!
//! Counts mails that failed or wait to be sent; none of them is read. More than 100 are many.
//!
//! ## Why it matters
//!
//! Links that reset passwords and alerts do not arrive, and nobody is told.
//!
//! ## Bad
//!
//! ```json
//! {"counts": {"mail-failed": 250}}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"counts": {"mail-failed": 3}}
//! ```
//!
//! ## How to fix
//!
//! Look at the reasons of failure in Settings, Technical, Emails, and at the outgoing server.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/778.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, Unjudged, found};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("mail-queue-failing", "SET013", Group::Settings, Severity::Low, 778);

pub(super) fn check(view: &View<'_>) -> Judged {
    let count = |name: &str| view.evidence.counts.get(name).copied();
    let (Some(failed), Some(waiting)) = (count("mail-failed"), count("mail-waiting")) else {
        return Err(Unjudged::NotAssessed(
            "mails were not counted: needs the right to read mail.mail (base.group_system)".into(),
        ));
    };
    if failed + waiting <= 100 {
        return FINE;
    }
    found(Report::of(
        "mail.mail",
        "state exception or outgoing",
        format!("mails that failed: {failed}, that wait: {waiting}"),
    ))
}
