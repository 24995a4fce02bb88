//! The build runs code from the network unchecked.
//!
//! ## What it does
//!
//! Reports `ADD` of a web address without a checksum, and downloads piped into a shell or interpreter.
//!
//! ## Why it matters
//!
//! Whoever controls the address, or the way to it over http, runs code in every image that is built.
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
//! RUN curl -sL http://example.com/install.sh | bash
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
//! ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/x.tar.gz /x
//! ```
//!
//! ## How to fix
//!
//! Install packages with signatures, or check a checksum before the file is used.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/494.html>
//! * Dockerfile reference: <https://docs.docker.com/reference/dockerfile/>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::deployment::containers::Dockerfile;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("dockerfile-remote-code", "DKR004", Group::Container, Severity::Medium, 494);

pub(super) const CHECK: Check = Check::Dockerfile(check);

fn check(_: &Deployment, file: &Dockerfile, out: &mut Vec<Report>) {
    for one in &file.instructions {
        let text = &one.arguments.text;
        let fetched = one.name.text == "ADD" && (text.contains("http://") || text.contains("https://")) && !text.contains("--checksum");
        let piped = one.name.text == "RUN" && text.split(['&', ';', '\n']).any(|part| {
            let mut stages = part.split('|');
            let loads = stages.next().is_some_and(|first| first.contains("curl ") || first.contains("wget "));
            loads && stages.any(|stage| {
                let program = stage.trim().trim_start_matches("sudo ").split_whitespace().next().unwrap_or("");
                matches!(program.rsplit('/').next().unwrap_or(""), "sh" | "bash" | "python" | "python3" | "perl" | "node")
            })
        });
        if fetched || piped {
            out.push(Report::at(one.arguments.site, "code from the network runs without a check"));
        }
    }
}
