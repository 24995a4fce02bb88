//! Websocket connections from other sites keep their login.
//!
//! ## What it does
//!
//! Reports servers from 17.0 on whose environment is known and does not set `ODOO_BUS_PUBLIC_SAMESITE_WS`.
//!
//! ## Why it matters
//!
//! A page that a logged-in user visits opens a socket to Odoo with the user's session and reads the notifications
//! (CVE-2024-12887). The check against it is off unless the variable is set.
//!
//! ## Bad
//!
//! ```systemd odoo-17.0
//! [Service]
//! User=odoo
//! ExecStart=/usr/bin/odoo -c /etc/odoo/odoo.conf
//! ```
//!
//! ## Good
//!
//! ```systemd odoo-17.0
//! [Service]
//! User=odoo
//! Environment=ODOO_BUS_PUBLIC_SAMESITE_WS=1
//! ExecStart=/usr/bin/odoo -c /etc/odoo/odoo.conf
//! ```
//!
//! ## How to fix
//!
//! Set `ODOO_BUS_PUBLIC_SAMESITE_WS=1` in the environment of the service, or let the proxy set SameSite=Lax on the
//! session cookie.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1385.html>

use castellan_model::{Confidence, Group, Persona, RuleMeta, SeriesRange, Severity};

use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-websocket-origin", "ODO048", Group::Odoo, Severity::Low, 1385).confidence(Confidence::Medium).persona(Persona::Pedantic).series(SeriesRange::since(17));

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(_: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let known = odoo.unit.is_some() || odoo.container.is_some();
    let set = odoo.environment.iter().any(|given| given.name == "ODOO_BUS_PUBLIC_SAMESITE_WS" && !given.value.is_empty());
    if known && !set {
        out.push(Report::at(odoo.place.clone(), "`ODOO_BUS_PUBLIC_SAMESITE_WS` is not set: sockets opened by other sites keep the login"));
    }
}
