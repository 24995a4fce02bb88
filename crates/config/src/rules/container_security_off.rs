//! Protection of a container is switched off.
//!
//! ## What it does
//!
//! Reports `security_opt` with `seccomp:unconfined`, `apparmor:unconfined` or `label:disable`.
//!
//! ## Why it matters
//!
//! System calls that only attacks need are open again.
//!
//! ## Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     security_opt: ["seccomp:unconfined"]
//! ```
//!
//! ## Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     security_opt: ["no-new-privileges:true"]
//! ```
//!
//! ## How to fix
//!
//! Remove the option.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/693.html>
//! * Compose Specification: <https://github.com/compose-spec/compose-spec/blob/main/spec.md>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::containers::Compose;
use crate::deployment::containers::Service;
use crate::read::tree::Node;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("container-security-off", "CTR013", Group::Container, Severity::High, 693);

pub(super) const CHECK: Check = Check::Service(check);

fn check(_: &Deployment, _: &Compose, service: &Service, out: &mut Vec<Report>) {
    for word in service.node.get("security_opt").map(Node::words).unwrap_or_default() {
        let text = word.text.to_lowercase().replace('=', ":");
        if text.ends_with(":unconfined") || text == "label:disable" {
            out.push(Report::at(word.site, format!("{}: {}", service.name.text, word.text)).scope(service.name.text.clone()));
        }
    }
}
