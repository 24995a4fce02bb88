//! The port of PostgreSQL is reachable from outside.
//!
//! ## What it does
//!
//! Opens a connection to port 5432 and sends nothing. Consent B.
//!
//! ## Why it matters
//!
//! Passwords of the database are guessed without a lock-out, and every weakness of the server counts.
//!
//! ## Bad
//!
//! ```http
//! > port 5432
//! ```
//!
//! ## Good
//!
//! ```http
//! > login
//! 200
//! ```
//!
//! ## How to fix
//!
//! Set `listen_addresses = 'localhost'`, or close the port in the firewall.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/668.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::not_asked_ports;
use crate::evidence::Port;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("site-postgres-port-open", "OUT028", Group::Outside, Severity::High, 668);

pub(super) fn check(view: &View<'_>) -> Judged {
    match view.evidence.ports.get(&5432) {
        None => Err(not_asked_ports(view)),
        Some(Port::Open) => found(Report::of_site("port 5432 is open")),
        Some(_) => FINE,
    }
}
