//! The service user can become root.
//!
//! ## What it does
//!
//! Reports the users of Odoo, PostgreSQL and the web server in the groups `docker`, `sudo`, `wheel`, `lxd` and `disk`.
//!
//! ## Why it matters
//!
//! What breaks into the service starts a container with the host's disk, or calls sudo: it is root.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/group <==
//! root:x:0:
//! docker:x:999:odoo
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/group <==
//! root:x:0:
//! docker:x:999:admin
//! ```
//!
//! ## How to fix
//!
//! Take the user out of the group: `gpasswd -d odoo docker`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("host-service-user-powerful", "HST018", Group::Host, Severity::High, 250);

pub(super) const CHECK: Check = Check::Host(check);

fn check(deployment: &Deployment, out: &mut Vec<Report>) {
    let mut services = vec!["odoo".to_owned(), "openerp".to_owned(), "postgres".to_owned(), "www-data".to_owned(), "nginx".to_owned()];
    services.extend(deployment.odoos.iter().filter_map(|odoo| odoo.user.clone()).filter(|user| user != "root"));
    for group in deployment.groups.iter().filter(|group| matches!(group.name.as_str(), "docker" | "sudo" | "wheel" | "lxd" | "incus-admin" | "disk")) {
        for member in group.members.iter().filter(|member| services.contains(&member.text)) {
            out.push(Report::at(member.site, format!("{} is in the group {}", member.text, group.name)));
        }
    }
}
