//! Odoo's port is published to the network.
//!
//! ## What it does
//!
//! Reports ports 8069 and 8072 of a container with Odoo that are published without an address of this machine.
//! Docker's rules stand in front of ufw: the port is open whatever ufw says.
//!
//! ## Why it matters
//!
//! Visitors reach Odoo past the proxy: without TLS, limits and blocked paths, and with forged forwarded headers.
//!
//! ## Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     ports:
//!       - "8069:8069"
//! ```
//!
//! ## Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     ports:
//!       - "127.0.0.1:8069:8069"
//! ```
//!
//! ## How to fix
//!
//! Publish to `127.0.0.1` for a proxy on the host, or not at all when the proxy is a container of the same network.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/668.html>
//! * Compose Specification: <https://github.com/compose-spec/compose-spec/blob/main/spec.md>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{replace};
use crate::deployment::Deployment;
use crate::deployment::containers::Compose;
use crate::deployment::containers::Service;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("container-port-published", "CTR001", Group::Container, Severity::High, 668);

pub(super) const CHECK: Check = Check::Service(check);

fn check(deployment: &Deployment, _: &Compose, service: &Service, out: &mut Vec<Report>) {
    if !service.is_odoo() {
        return;
    }
    for port in service.ports().into_iter().filter(|port| matches!(port.container, 8069..=8072) && !port.is_loopback()) {
        let shown = port.host.map_or_else(|| "a port".to_owned(), |host| format!("port {host}"));
        let fix = port.word.text.split_once(':').filter(|_| port.address.is_empty()).and_then(|_| {
            let quoted = deployment.slice(port.word.site).starts_with(['"', '\'']);
            let text = format!("127.0.0.1:{}", port.word.text);
            replace(deployment, port.word.site, &if quoted { format!("\"{text}\"") } else { text }, "publish to this machine only", Some("Run `docker compose up -d` afterwards."))
        });
        out.push(Report::at(port.word.site, format!("{} of the host leads to Odoo from every address", shown)).scope(service.name.text.clone()).fix(fix));
    }
}
