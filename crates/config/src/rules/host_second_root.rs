//! A second account has all rights of root.
//!
//! ## What it does
//!
//! Reports accounts other than root with user id 0.
//!
//! ## Why it matters
//!
//! It is a back door: it survives a change of root's password.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/passwd <==
//! root:x:0:0::/root:/bin/bash
//! support:x:0:0::/home/support:/bin/bash
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/passwd <==
//! root:x:0:0::/root:/bin/bash
//! ```
//!
//! ## How to fix
//!
//! Remove the account; use sudo.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/250.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("host-second-root", "HST017", Group::Host, Severity::Critical, 250);

pub(super) const CHECK: Check = Check::Host(check);

fn check(deployment: &Deployment, out: &mut Vec<Report>) {
    for user in deployment.users.iter().filter(|user| user.uid == 0 && user.name != "root") {
        out.push(Report::at(user.site, format!("{} has all rights of root", user.name)));
    }
}
