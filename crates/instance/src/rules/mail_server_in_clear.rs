//! Mail leaves in clear.
//!
//! ## What it does
//!
//! Looks at active outgoing servers without encryption. Those on this host are told of only when they ask for a password, as low.
//!
//! ## Why it matters
//!
//! Whoever is on the way reads invoices and links that reset passwords, and the password of the mailbox.
//!
//! ## Bad
//!
//! ```json
//! {"mail_servers": [{"id": 1, "encryption": "none"}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"mail_servers": [{"id": 1, "encryption": "ssl"}]}
//! ```
//!
//! ```json
//! {"mail_servers": [{"id": 1, "encryption": "none", "host": "localhost", "logs_in": false}]}
//! ```
//!
//! ## How to fix
//!
//! Choose TLS (STARTTLS) or SSL/TLS.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers;
use crate::rule::{Judged, Report, found_if_any};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("mail-server-in-clear", "SET009", Group::Settings, Severity::Medium, 319);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["mail_servers"])?;
    let mut worst = Severity::Low;
    let mut records = Vec::new();
    for server in view.evidence.mail_servers.iter().filter(|server| server.active && helpers::is_clear(server)) {
        // The dummy that neutralising leaves, and a relay on this host that asks for no password.
        let local = helpers::is_local(&server.host);
        if server.host == "invalid" || (local && !server.logs_in) {
            continue;
        }
        worst = worst.max(match (local, server.logs_in) {
            (true, _) => Severity::Low,
            (false, false) => Severity::Medium,
            (false, true) => Severity::High,
        });
        records.push((server.id, format!("{} ({})", server.name, server.host)));
    }
    let report = Report::of("ir.mail_server", "active, smtp_encryption = none", "mail leaves without encryption");
    found_if_any(report.records(records).severity(worst))
}
