//! Docker takes commands from the network.
//!
//! ## What it does
//!
//! Reports `hosts` with `tcp://` in Docker's configuration without `tlsverify`.
//!
//! ## Why it matters
//!
//! Everybody who reaches the port starts containers with the host's disk: root without a password.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/docker/daemon.json <==
//! {"hosts": ["unix:///var/run/docker.sock", "tcp://0.0.0.0:2375"]}
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/docker/daemon.json <==
//! {"no-new-privileges": true}
//! ```
//!
//! ## How to fix
//!
//! Remove the address; reach Docker over SSH (`docker -H ssh://host`).
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/306.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::read::tree::Node;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("docker-daemon-exposed", "HST019", Group::Host, Severity::Critical, 306);

pub(super) const CHECK: Check = Check::Host(check);

fn check(deployment: &Deployment, out: &mut Vec<Report>) {
    let Some(daemon) = &deployment.defences.docker_daemon else { return };
    let verified = daemon.get("tlsverify").and_then(Node::truth) == Some(true);
    for word in daemon.get("hosts").map(Node::words).unwrap_or_default() {
        let local = word.text.contains("127.0.0.1") || word.text.contains("localhost");
        if word.text.starts_with("tcp://") && !verified {
            let report = Report::at(word.site, format!("Docker takes commands at {}", word.text));
            out.push(if local { report.severity(Severity::High) } else { report });
        }
    }
}
