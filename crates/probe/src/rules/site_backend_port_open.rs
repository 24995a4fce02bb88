//! Odoo's own port is reachable past the proxy.
//!
//! ## What it does
//!
//! Opens a connection to ports 8069 and 8072 and sends nothing. Consent B.
//!
//! ## Why it matters
//!
//! Everything that the proxy refuses, limits and encrypts is open there in clear.
//!
//! ## Bad
//!
//! ```http
//! > port 8069
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
//! Set `http_interface = 127.0.0.1` in odoo.conf, or close the port in the firewall.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/668.html>
//! * Odoo documentation, "Deploying Odoo": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{list, not_asked_ports};
use crate::evidence::Port;
use crate::rule::{FINE, Judged, Report, found};
use crate::view::View;

pub(super) const META: RuleMeta =
    RuleMeta::new("site-backend-port-open", "OUT027", Group::Outside, Severity::High, 668);

pub(super) fn check(view: &View<'_>) -> Judged {
    let open: Vec<u16> =
        [8069, 8072].into_iter().filter(|port| view.evidence.ports.get(port) == Some(&Port::Open)).collect();
    if view.evidence.ports.is_empty() {
        return Err(not_asked_ports(view));
    }
    match open.as_slice() {
        [] => FINE,
        ports => found(Report::of_site(format!("{} open", list(ports)))),
    }
}
