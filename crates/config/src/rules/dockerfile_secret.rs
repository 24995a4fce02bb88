//! A password is baked into the image.
//!
//! ## What it does
//!
//! Reports `ENV` and `ARG` with a password or secret that has a value.
//!
//! ## Why it matters
//!
//! Everybody who pulls the image reads it, in its history too.
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
//! ENV DB_PASSWORD=kX7-correct-horse-battery
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
//! ENV DB_HOST=db
//! ```
//!
//! ## How to fix
//!
//! Give it when the container starts, or with `RUN --mount=type=secret` when it is built.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/798.html>
//! * Dockerfile reference: <https://docs.docker.com/reference/dockerfile/>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{secretish};
use crate::deployment::Deployment;
use crate::deployment::containers::Dockerfile;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("dockerfile-secret", "DKR002", Group::Container, Severity::High, 798);

pub(super) const CHECK: Check = Check::Dockerfile(check);

fn check(_: &Deployment, file: &Dockerfile, out: &mut Vec<Report>) {
    for one in file.instructions.iter().filter(|one| matches!(one.name.text.as_str(), "ENV" | "ARG")) {
        let text = &one.arguments.text;
        let pairs: Vec<String> = if text.contains('=') { crate::read::systemd::split(text) } else { vec![text.replacen(' ', "=", 1)] };
        for pair in pairs {
            let Some((name, value)) = pair.split_once('=') else { continue };
            if secretish(name) && !value.is_empty() && !value.starts_with('$') && !name.ends_with("_FILE") {
                out.push(Report::at(one.name.site, format!("`{name}` is baked into the image")));
            }
        }
    }
}
