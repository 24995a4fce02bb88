//! A password stands in a compose file.
//!
//! ## What it does
//!
//! Reports variables with passwords and secrets whose value is written in the file. Values that come from `.env` or an
//! env file, and `*_FILE`, are left out.
//!
//! ## Why it matters
//!
//! Compose files go into repositories; `docker inspect` shows the values to everybody who may ask Docker.
//!
//! ## Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     environment:
//!       PASSWORD: kX7-correct-horse-battery
//! ```
//!
//! ## Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!     environment:
//!       PASSWORD_FILE: /run/secrets/db
//! ```
//!
//! ## How to fix
//!
//! Use `secrets:` with `*_FILE` variables, or an env file that is not in the repository, mode 0600.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/526.html>
//! * Compose Specification: <https://github.com/compose-spec/compose-spec/blob/main/spec.md>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{secretish};
use crate::deployment::Deployment;
use crate::deployment::containers::Compose;
use crate::deployment::containers::Service;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("container-secret-in-environment", "CTR010", Group::Container, Severity::Medium, 526);

pub(super) const CHECK: Check = Check::Service(check);

fn check(deployment: &Deployment, project: &Compose, service: &Service, out: &mut Vec<Report>) {
    for (name, value) in &service.environment {
        let written = value.site.file == project.file && !deployment.slice(value.site).contains('$');
        if written && secretish(&name.text) && !name.text.ends_with("_FILE") && !value.text.is_empty() {
            out.push(Report::at(name.site, format!("`{}` of {} is written in the file", name.text, service.name.text)).scope(service.name.text.clone()));
        }
    }
}
