//! Files of the image are writable for everybody.
//!
//! ## What it does
//!
//! Reports `chmod 777` and the like.
//!
//! ## Why it matters
//!
//! What breaks into Odoo changes the code that runs after the next start.
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
//! RUN chmod -R 777 /mnt/extra-addons
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
//! RUN chmod -R a+rX /mnt/extra-addons
//! ```
//!
//! ## How to fix
//!
//! Let root own the code, readable for Odoo.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/732.html>
//! * Dockerfile reference: <https://docs.docker.com/reference/dockerfile/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::containers::Dockerfile;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("dockerfile-world-writable", "DKR005", Group::Container, Severity::Medium, 732);

pub(super) const CHECK: Check = Check::Dockerfile(check);

fn check(_: &Deployment, file: &Dockerfile, out: &mut Vec<Report>) {
    for one in file.instructions.iter().filter(|one| one.name.text == "RUN") {
        let words: Vec<&str> = one.arguments.text.split_whitespace().collect();
        let open = words.windows(3).any(|window| {
            window.first() == Some(&"chmod") && window.iter().skip(1).any(|word| matches!(*word, "777" | "0777" | "666" | "0666" | "a+w" | "a+rwx" | "o+w" | "ugo+rwx"))
        });
        if open {
            out.push(Report::at(one.arguments.site, "files are made writable for everybody"));
        }
    }
}
