//! Mail leaves by no server of the database.
//!
//! ## What it does
//!
//! Looks whether links for new passwords are sent (module `auth_signup`) while no active outgoing mail server is set. A server in odoo.conf
//! may stand behind it, which the database does not know.
//!
//! ## Why it matters
//!
//! Links for new passwords, invitations and codes are written and never arrive; people then ask an administrator to set passwords by hand.
//!
//! ## Bad
//!
//! ```json
//! {"mail_servers": [{"id": 1, "active": false}]}
//! ```
//!
//! ## Good
//!
//! ```json
//! {"mail_servers": [{"id": 1, "active": true}]}
//! ```
//!
//! ## How to fix
//!
//! Set an outgoing mail server with TLS and test it.
//!
//! ## References
//!
//! * <https://www.odoo.com/documentation/18.0/applications/general/email_communication/email_servers_outbound.html>
//! * <https://cwe.mitre.org/data/definitions/778.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::rule::{FINE, Judged, Report, found, not_applicable};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("mail-server-missing", "SET024", Group::Settings, Severity::Low, 778).confidence(Confidence::Medium);

pub(super) fn check(view: &View<'_>) -> Judged {
    view.need(&["mail_servers", "modules"])?;
    if !view.has_module("auth_signup") {
        return not_applicable("no links for passwords are sent: auth_signup is not installed");
    }
    let active = view.evidence.mail_servers.iter().filter(|one| one.active).count();
    if active > 0 {
        return FINE;
    }
    found(Report::of("ir.mail_server", "active", "no outgoing mail server is set, and links for passwords are sent"))
}
