//! The version of an image is not fixed.
//!
//! ## What it does
//!
//! Reports images of Odoo, PostgreSQL and proxies without a tag, or with `latest`, and no digest.
//!
//! ## Why it matters
//!
//! The next pull brings another series of Odoo or PostgreSQL, which cannot read the data; and nobody can tell what
//! runs.
//!
//! ## Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:latest
//! ```
//!
//! ## Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0-20260115
//! ```
//!
//! ## How to fix
//!
//! Name the version, for Odoo with the date of the build: `odoo:17.0-20260115`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1357.html>
//! * Compose Specification: <https://github.com/compose-spec/compose-spec/blob/main/spec.md>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::containers::Compose;
use crate::deployment::containers::Service;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("container-image-latest", "CTR008", Group::Container, Severity::Medium, 1357);

pub(super) const CHECK: Check = Check::Service(check);

fn check(_: &Deployment, _: &Compose, service: &Service, out: &mut Vec<Report>) {
    let Some(image) = service.image() else { return };
    if image.text.is_empty() || image.text.contains("@sha256:") {
        return;
    }
    match service.tag().as_deref() {
        None | Some("") => out.push(Report::at(image.site, format!("{} has no version: it is whatever `latest` is", image.text)).scope(service.name.text.clone())),
        Some("latest" | "stable" | "edge" | "nightly") => {
            out.push(Report::at(image.site, format!("{} is another build after each pull", image.text)).scope(service.name.text.clone()));
        }
        Some(_) => {}
    }
}
