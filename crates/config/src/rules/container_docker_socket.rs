//! A container controls Docker.
//!
//! ## What it does
//!
//! Reports a mount of the Docker or Podman socket. Read-only mounts are no protection: the socket takes commands all
//! the same.
//!
//! ## Why it matters
//!
//! Whoever breaks into the container starts another with the host's disk: it is root on the host.
//!
//! ## Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     volumes:
//!       - /var/run/docker.sock:/var/run/docker.sock
//! ```
//!
//! ## Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     volumes:
//!       - data:/var/lib/odoo
//! ```
//!
//! ## How to fix
//!
//! Remove the mount. Proxies and dashboards that need it get a filtering socket proxy.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>
//! * Compose Specification: <https://github.com/compose-spec/compose-spec/blob/main/spec.md>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::containers::Compose;
use crate::deployment::containers::Service;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("container-docker-socket", "CTR004", Group::Container, Severity::Critical, 250);

pub(super) const CHECK: Check = Check::Service(check);

fn check(_: &Deployment, _: &Compose, service: &Service, out: &mut Vec<Report>) {
    for (source, _, word) in service.volumes() {
        if source.ends_with("docker.sock") || source.ends_with("podman.sock") || source.ends_with("containerd.sock") {
            let report = Report::at(word.site, format!("{} controls Docker", service.name.text)).scope(service.name.text.clone());
            // Traefik and the like are built that way: the flaw is as deep, the surface smaller.
            out.push(if service.is_odoo() { report } else { report.severity(Severity::High) });
        }
    }
}
