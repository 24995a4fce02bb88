//! Forwarded headers are trusted although the port is directly reachable.
//!
//! ## What it does
//!
//! Reports `proxy_mode` that is true on a server that listens on every interface and whose port no firewall of this
//! host closes.
//!
//! ## Why it matters
//!
//! Whoever talks to the port directly chooses their own address and host name: cool-downs, logs and the base URL of
//! reset links follow.
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
//! proxy_mode = True
//! http_interface = 127.0.0.1
//! ```
//!
//! ## How to fix
//!
//! Bind Odoo to the address that the proxy uses, or close its ports in the firewall.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/348.html>
//! * Odoo documentation, "System configuration": <https://www.odoo.com/documentation/19.0/administration/on_premise/deploy.html>

use castellan_model::{Confidence, Group, RuleMeta, SeriesRange, Severity};

use super::helpers::{set_option};
use crate::deployment::Deployment;
use crate::deployment::odoo::OdooServer;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("odoo-proxy-mode-exposed", "ODO030", Group::Odoo, Severity::High, 348).series(SeriesRange::until(19));

pub(super) const CHECK: Check = Check::Odoo(check);

fn check(deployment: &Deployment, odoo: &OdooServer, out: &mut Vec<Report>) {
    let setting = odoo.setting("proxy_mode");
    if !setting.value.truth() || odoo.in_container() || !odoo.interface().is_empty() {
        return;
    }
    let report = Report::at(odoo.place_of(&setting), format!("`proxy_mode` trusts everybody who reaches port {}", odoo.http_port()))
        .fix(set_option(deployment, odoo, "http_interface", "127.0.0.1"));
    match deployment.firewall_opens(odoo.http_port()) {
        Some((true, site)) => out.push(report.related(site, "the firewall lets it in")),
        Some((false, _)) => {}
        None => out.push(report.confidence(Confidence::Medium)),
    }
}
