//! Others may change a script that runs as root.
//!
//! ## What it does
//!
//! Reports scripts of root's jobs that belong to another account, or that group or others may write to.
//!
//! ## Why it matters
//!
//! Whoever writes to the script is root at the next run.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/cron.d/backup <==
//! 30 2 * * * root /usr/local/bin/backup.sh
//! ==> /usr/local/bin/backup.sh 0755 odoo odoo <==
//! #!/bin/sh
//! pg_dump prod
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/cron.d/backup <==
//! 30 2 * * * root /usr/local/bin/backup.sh
//! ==> /usr/local/bin/backup.sh 0750 root root <==
//! #!/bin/sh
//! pg_dump prod
//! ```
//!
//! ## How to fix
//!
//! Let root own the script, mode 0750.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/732.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("cron-script-writable", "HST016", Group::Host, Severity::High, 732);

pub(super) const CHECK: Check = Check::Host(check);

fn check(deployment: &Deployment, out: &mut Vec<Report>) {
    for job in deployment.defences.jobs.iter().filter(|job| job.user == "root") {
        let Some(path) = job.script.and_then(|id| deployment.file(id)).map(|file| file.path.clone()) else { continue };
        let Some(attributes) = deployment.attributes(&path) else { continue };
        let group = attributes.mode & 0o020 != 0 && attributes.gid != 0;
        if attributes.uid != 0 || attributes.world_writable() || group {
            let who = if attributes.uid != 0 { deployment.user_name(attributes.uid) } else { "others".to_owned() };
            out.push(Report::at(deployment.path_place(&path), format!("{who} may change this script, which root runs")).related(job.job.command.site, "the job"));
        }
    }
}
