//! Answers to mails have no address of their own.
//!
//! ## What it does
//!
//! Looks whether mail is fetched while no alias domain is set: the records of `mail.alias.domain` from 17.0, the parameter
//! `mail.catchall.domain` before.
//!
//! ## Why it matters
//!
//! Answers and returned mails go to the sender's own mailbox; nobody sees that alerts and links for passwords come back.
//!
//! ## Bad
//!
//! ```json odoo-16.0
//! {"mail_sources": [{"id": 1, "name": "in", "host": "imap.example.com", "kind": "imap", "tls": true, "state": "done", "fetched": 1789999000, "active": true}]}
//! ```
//!
//! ## Good
//!
//! ```json odoo-16.0
//! {"parameters": [{"key": "mail.catchall.domain", "value": "example.com", "length": 11}], "mail_sources": [{"id": 1, "name": "in", "host": "imap.example.com", "kind": "imap", "tls": true, "state": "done", "fetched": 1789999000, "active": true}]}
//! ```
//!
//! ## How to fix
//!
//! Set the alias domain in the general settings.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/applications/general/email_communication.html>
//! * <https://cwe.mitre.org/data/definitions/778.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found, not_applicable};
use crate::view::View;

pub(super) const META: RuleMeta = RuleMeta::new("mail-alias-missing", "SET025", Group::Settings, Severity::Low, 778);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["mail_sources", "parameters", "alias_domains"])?;
    if !view.evidence.mail_sources.iter().any(|one| one.active) {
        return not_applicable("no mail is fetched");
    }
    let known = if view.series() >= 17 {
        !view.evidence.alias_domains.is_empty()
    } else {
        view.parameter("mail.catchall.domain").is_some_and(|domain| !domain.is_empty())
    };
    if known {
        return FINE;
    }
    let query = if view.series() >= 17 { "any" } else { "mail.catchall.domain" };
    let model = if view.series() >= 17 { "mail.alias.domain" } else { "ir.config_parameter" };
    found(Report::of(model, query, "mail is fetched, and no alias domain is set"))
}
