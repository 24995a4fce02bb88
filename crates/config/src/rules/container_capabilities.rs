//! A container has rights of the kernel that it does not need.
//!
//! ## What it does
//!
//! Reports `cap_add` with ALL, SYS_ADMIN, SYS_PTRACE, SYS_MODULE, NET_ADMIN, DAC_READ_SEARCH and the like.
//!
//! ## Why it matters
//!
//! Each of them is a known way out of the container.
//!
//! ## Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     cap_add: [SYS_ADMIN]
//! ```
//!
//! ## Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     cap_drop: [ALL]
//! ```
//!
//! ## How to fix
//!
//! Remove them; `cap_drop: [ALL]` is enough for Odoo.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>
//! * Compose Specification: <https://github.com/compose-spec/compose-spec/blob/main/spec.md>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::containers::Compose;
use crate::deployment::containers::Service;
use crate::read::tree::Node;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("container-capabilities", "CTR006", Group::Container, Severity::High, 250);

pub(super) const CHECK: Check = Check::Service(check);

fn check(_: &Deployment, _: &Compose, service: &Service, out: &mut Vec<Report>) {
    for word in service.node.get("cap_add").map(Node::words).unwrap_or_default() {
        let name = word.text.to_uppercase();
        let name = name.strip_prefix("CAP_").unwrap_or(&name);
        if matches!(name, "ALL" | "SYS_ADMIN" | "SYS_PTRACE" | "SYS_MODULE" | "NET_ADMIN" | "DAC_READ_SEARCH" | "DAC_OVERRIDE" | "SYS_RAWIO" | "SYS_BOOT" | "BPF") {
            out.push(Report::at(word.site, format!("{} has the capability {name}", service.name.text)).scope(service.name.text.clone()));
        }
    }
}
