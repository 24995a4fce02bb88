//! The base image is not fixed.
//!
//! ## What it does
//!
//! Reports bases without a tag, or with `latest`, and no digest.
//!
//! ## Why it matters
//!
//! The next build brings another series of Odoo, and nobody can build the old one again.
//!
//! ## Bad
//!
//! ```dockerfile
//! ==> /srv/erp/docker-compose.yml <==
//! services:
//!   odoo:
//!     build: .
//! ==> /srv/erp/Dockerfile <==
//! FROM odoo
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
//! FROM odoo:17.0-20260115
//! ```
//!
//! ## How to fix
//!
//! Name the version with its date.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1357.html>
//! * Dockerfile reference: <https://docs.docker.com/reference/dockerfile/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::containers::Dockerfile;
use crate::deployment::containers::image_of;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("dockerfile-base-unpinned", "DKR003", Group::Container, Severity::Medium, 1357);

pub(super) const CHECK: Check = Check::Dockerfile(check);

fn check(_: &Deployment, file: &Dockerfile, out: &mut Vec<Report>) {
    for base in file.bases() {
        let image = image_of(base);
        let last = image.rsplit('/').next().unwrap_or("");
        if image == "scratch" || image.contains('@') || image.contains('$') {
            continue;
        }
        if last.split_once(':').is_none_or(|(_, tag)| tag == "latest") {
            out.push(Report::at(base.arguments.site, format!("{image} is another build after each pull")));
        }
    }
}
