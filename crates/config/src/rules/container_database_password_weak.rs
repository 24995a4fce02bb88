//! The password of the database container is easily guessed.
//!
//! ## What it does
//!
//! Reports `POSTGRES_PASSWORD` among those that everybody tries first, such as the `odoo` of the documentation, or
//! shorter than twelve characters. Worse when the port is published.
//!
//! ## Why it matters
//!
//! Any container of the network, and everybody when the port is published, is owner of all records.
//!
//! ## Bad
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!   db:
//!     image: postgres:16
//!     environment: { POSTGRES_PASSWORD: odoo }
//! ```
//!
//! ## Good
//!
//! ```yaml
//! services:
//!   web:
//!     image: odoo:17.0
//!   db:
//!     image: postgres:16
//!     environment: { POSTGRES_PASSWORD: kX7-correct-horse-battery }
//! ```
//!
//! ## How to fix
//!
//! Set a long random password, in a secret file.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/521.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::containers::Compose;
use crate::deployment::containers::Service;
use crate::odoo::secret::Weakness;
use crate::odoo::secret::assess;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("container-database-password-weak", "CTR011", Group::Container, Severity::High, 521);

pub(super) const CHECK: Check = Check::Service(check);

fn check(_: &Deployment, _: &Compose, service: &Service, out: &mut Vec<Report>) {
    for (name, value) in service.environment.iter().filter(|(name, _)| name.text == "POSTGRES_PASSWORD") {
        let message = match assess(&value.text, &[]).weakness {
            Some(Weakness::Common) => "the password of the database is one that everybody tries first",
            Some(Weakness::Short) => "the password of the database is shorter than twelve characters",
            None => continue,
        };
        let published = service.ports().iter().any(|port| !port.is_loopback());
        let report = Report::at(name.site, message).scope(service.name.text.clone());
        out.push(if published { report.severity(Severity::Critical) } else { report });
    }
}
