//! Python packages are installed without a version.
//!
//! ## What it does
//!
//! Reports `pip install NAME` without a version or a requirements file.
//!
//! ## Why it matters
//!
//! The next build brings another version, or a package that somebody took over.
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
//! RUN pip3 install phonenumbers
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
//! RUN pip3 install phonenumbers==8.13.0
//! ```
//!
//! ## How to fix
//!
//! Name versions, best in a requirements file with hashes.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/1357.html>
//! * Dockerfile reference: <https://docs.docker.com/reference/dockerfile/>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::containers::Dockerfile;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("dockerfile-package-unpinned", "DKR006", Group::Container, Severity::Low, 1357).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Dockerfile(check);

fn check(_: &Deployment, file: &Dockerfile, out: &mut Vec<Report>) {
    for one in file.instructions.iter().filter(|one| one.name.text == "RUN") {
        for part in one.arguments.text.split(['&', ';', '\n']) {
            let words: Vec<&str> = part.split_whitespace().collect();
            let Some(at) = words.iter().position(|word| *word == "install") else { continue };
            let pip = words.iter().take(at).any(|word| word.rsplit('/').next().is_some_and(|name| name.starts_with("pip")));
            let mut rest = words.iter().skip(at + 1);
            let mut loose = None;
            while let Some(word) = rest.next() {
                if matches!(*word, "-r" | "--requirement" | "-c" | "--constraint" | "-e" | "--index-url" | "-i" | "--target" | "--extra-index-url") {
                    rest.next();
                } else if !word.starts_with('-') && !word.contains(['=', '<', '>', '/', '@', '.', '$']) {
                    loose = loose.or(Some(*word));
                }
            }
            if let Some(name) = loose.filter(|name| pip && !matches!(*name, "pip" | "setuptools" | "wheel")) {
                out.push(Report::at(one.arguments.site, format!("{name} is installed without a version")));
                break;
            }
        }
    }
}
