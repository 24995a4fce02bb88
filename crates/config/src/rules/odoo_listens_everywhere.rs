//! Odoo listens on every network interface.
//!
//! ## What it does
//!
//! Reports a server whose HTTP interface is not set to an address, where the default means all of them (up to 19.0). A
//! firewall that closes the port lowers it, one that opens it raises it. Containers are judged by their published
//! ports.
//!
//! ## Why it matters
//!
//! Everybody who reaches the machine talks to Odoo past the proxy: without TLS, rate limits and blocked paths, and
//! with forged forwarded headers.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! proxy_mode = True
//! ```
//!
//! ## Good
//!
//! ```ini
//! [options]
//! http_interface = 127.0.0.1
//! ```
//!
//! ## How to fix
//!
//! Set `http_interface = 127.0.0.1` when the proxy is on the same machine, its private address otherwise; close 8069
//! and 8072 in the firewall.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1327.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Group, RuleMeta, SeriesRange, Severity};

use super::helpers::{set_option};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-listens-everywhere", "ODO018", Group::Odoo, Severity::Medium, 1327).series(SeriesRange::until(19));

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    if odoo.in_container() || !odoo.setting("http_enable").value.truth() && odoo.series.major() >= 11 || !odoo.interface().is_empty() {
        return;
    }
    let name = if odoo.series.major() >= 11 { "http_interface" } else { "xmlrpc_interface" };
    let setting = odoo.setting(name);
    let port = odoo.http_port();
    let report = Report::at(odoo.place_of(&setting), format!("Odoo listens on port {port} of every interface"))
        .fix(set_option(deployment, odoo, name, "127.0.0.1"));
    out.push(match deployment.firewall_opens(port) {
        Some((true, site)) => report.severity(Severity::High).related(site, "the firewall lets it in"),
        Some((false, site)) => report.severity(Severity::Low).related(site, "the firewall keeps it out"),
        None => report,
    });
}
