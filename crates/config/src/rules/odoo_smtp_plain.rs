//! Mail goes to a remote server without encryption.
//!
//! ## What it does
//!
//! Reports a remote `smtp_server` with `smtp_ssl` off.
//!
//! ## Why it matters
//!
//! Reset links, documents and the mail account's password cross the network readable.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! smtp_server = mail.example.com
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! smtp_server = mail.example.com
//! smtp_ssl = True
//! ```
//!
//! ## How to fix
//!
//! Set `smtp_ssl = True`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/319.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{set_option};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-smtp-plain", "ODO033", Group::Odoo, Severity::Medium, 319);

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let server = odoo.setting("smtp_server");
    let host = server.value.text();
    let local = matches!(host.as_str(), "" | "localhost" | "False") || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    if !local && !odoo.setting("smtp_ssl").value.truth() {
        out.push(Report::at(odoo.place_of(&server), format!("mail goes to {host} without encryption")).fix(set_option(deployment, odoo, "smtp_ssl", "True")));
    }
}
