//! The image runs as root.
//!
//! ## What it does
//!
//! Reports Dockerfiles whose last stage ends with root as user: `USER root` that nothing takes back, or no `USER` on a
//! base other than Odoo's.
//!
//! ## Why it matters
//!
//! One flaw of the kernel or of a mount away from root of the host.
//!
//! ## Bad
//!
//! ```dockerfile
//! ==> /srv/erp/docker-compose.yml <==
//! services:
//!   odoo:
//!     build: .
//! ==> /srv/erp/Dockerfile <==
//! FROM odoo:17.0
//! USER root
//! RUN pip3 install x==1.0
//! ```
//!
//! ## Good
//!
//! ```dockerfile
//! ==> /srv/erp/docker-compose.yml <==
//! services:
//!   odoo:
//!     build: .
//! ==> /srv/erp/Dockerfile <==
//! FROM odoo:17.0
//! USER root
//! RUN pip3 install x==1.0
//! USER odoo
//! ```
//!
//! ## How to fix
//!
//! End with `USER odoo`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>
//! * Dockerfile reference: <https://docs.docker.com/reference/dockerfile/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::containers::Dockerfile;
use crate::deployment::containers::image_of;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("dockerfile-runs-as-root", "DKR001", Group::Container, Severity::High, 250);

pub(super) const CHECK: Check = Check::Dockerfile(check);

fn check(_: &Deployment, file: &Dockerfile, out: &mut Vec<Report>) {
    let user = file.final_stage().filter(|one| one.name.text == "USER").last();
    let base = file.final_stage().find(|one| one.name.text == "FROM");
    match (user, base) {
        (Some(user), _) if matches!(user.arguments.text.split(':').next().unwrap_or("").trim(), "root" | "0") => {
            out.push(Report::at(user.arguments.site, "the image runs as root: nothing takes this back"));
        }
        (None, Some(base)) => {
            let image = image_of(base);
            let name = image.rsplit('/').next().unwrap_or("").split([':', '@']).next().unwrap_or("").to_owned();
            let known = ["python", "debian", "ubuntu", "alpine", "almalinux", "rockylinux", "fedora", "node"];
            if known.contains(&name.as_str()) {
                out.push(Report::at(base.arguments.site, format!("the image runs as root: {name} has no user of its own and no USER follows")));
            }
        }
        _ => {}
    }
}
