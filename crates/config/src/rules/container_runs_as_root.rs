//! Odoo runs as root in its container.
//!
//! ## What it does
//!
//! Reports `user: root` or `user: "0"` of a container with Odoo. The official image has a user of its own.
//!
//! ## Why it matters
//!
//! One flaw of the kernel or of a mount away from root of the host; files in volumes belong to root.
//!
//! ## Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     user: root
//! ```
//!
//! ## Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     init: true
//! ```
//!
//! ## How to fix
//!
//! Remove the line; make the mounted folders belong to the user of the image (`chown 100:101`).
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>
//! * Compose Specification: <https://github.com/compose-spec/compose-spec/blob/main/spec.md>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{remove_lines};
use crate::deployment::Deployment;
use crate::deployment::containers::Compose;
use crate::deployment::containers::Service;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("container-runs-as-root", "CTR016", Group::Container, Severity::High, 250);

pub(super) const CHECK: Check = Check::Service(check);

fn check(deployment: &Deployment, _: &Compose, service: &Service, out: &mut Vec<Report>) {
    let Some(node) = service.node.get("user").filter(|_| service.is_odoo()) else { return };
    let user = node.text().unwrap_or_default();
    if matches!(user.split(':').next().unwrap_or(""), "root" | "0") {
        let fix = remove_lines(deployment, node.site, "run as the user of the image");
        out.push(Report::at(node.site, format!("{} runs as root", service.name.text)).scope(service.name.text.clone()).fix(fix));
    }
}
