//! The proxy protects Odoo, and Odoo is reachable beside it.
//!
//! ## What it does
//!
//! Joins an Odoo that listens to the network, or whose port is published or answers from outside, with a host without a
//! firewall, or with trust in forwarded headers.
//!
//! ## Why it matters
//!
//! Limits, allow lists, TLS and blocked paths of the proxy are worth nothing when port 8069 answers too.
//!
//! ## Bad
//!
//! ```toml
//! finding = [{ rule = "odoo-listens-everywhere" }, { rule = "host-no-firewall" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "odoo-listens-everywhere" }]
//! ```
//!
//! ## Good
//!
//! ```toml
//! finding = [{ rule = "host-no-firewall" }]
//! ```
//!
//! ## How to fix
//!
//! Set `http_interface = 127.0.0.1`, or let a firewall drop 8069 and 8072.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/668.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::correlate::rule::{Joined, Joint};

pub(super) const META: RuleMeta = RuleMeta::new("proxy-walked-around", "JOI014", Group::Joined, Severity::High, 668);

const OPEN: &[&str] = &["site-backend-port-open", "odoo-listens-everywhere", "container-port-published"];
const NO_WALL: &[&str] = &[
    "site-backend-port-open",
    "host-no-firewall",
    "host-firewall-open",
    "host-port-open",
    "host-ipv6-unfiltered",
    "odoo-proxy-mode-exposed",
];

pub(super) fn check(view: &Joined<'_>) -> Vec<Joint> {
    view.chain(
        &[OPEN, NO_WALL],
        "Odoo is reachable beside its proxy, so that nothing that the proxy blocks or limits is blocked or limited",
    )
}
