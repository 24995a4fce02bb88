//! Odoo's log is kept for less than a month.
//!
//! ## What it does
//!
//! Reports a block of logrotate for Odoo that keeps fewer than 30 days.
//!
//! ## Why it matters
//!
//! Break-ins are found after months; the log of that day is gone.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/logrotate.d/odoo <==
//! /var/log/odoo/*.log {
//!   daily
//!   rotate 7
//! }
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/logrotate.d/odoo <==
//! /var/log/odoo/*.log {
//!   weekly
//!   rotate 52
//! }
//! ```
//!
//! ## How to fix
//!
//! Keep at least 30 days, better a year, and a copy on another host.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/779.html>

use castellan_model::{Group, Persona, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("host-log-kept-short", "HST011", Group::Host, Severity::Low, 779).persona(Persona::Pedantic);

pub(super) const CHECK: Check = Check::Host(check);

fn check(deployment: &Deployment, out: &mut Vec<Report>) {
    for rotation in deployment.defences.rotations.iter().filter(|rotation| rotation.patterns.iter().any(|pattern| pattern.contains("odoo"))) {
        let word = |name: &str| rotation.options.iter().any(|line| line.split_whitespace().next() == Some(name));
        let count: Option<u32> = rotation.options.iter().find_map(|line| line.strip_prefix("rotate ")?.trim().parse().ok());
        let days = if word("daily") { 1 } else if word("weekly") { 7 } else if word("monthly") { 30 } else { continue };
        if let Some(count) = count.filter(|count| count * days < 30) {
            out.push(Report::at(rotation.site, format!("the log is kept for {} days", count * days)));
        }
    }
}
