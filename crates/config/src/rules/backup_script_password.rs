//! A password stands in a script of a job.
//!
//! ## What it does
//!
//! Reports `PGPASSWORD=`, `--password=`, `master_pwd=` and the like with a value in scripts and command lines of jobs.
//!
//! ## Why it matters
//!
//! Scripts are copied into repositories and read by everybody who may read the file; command lines are seen by every
//! account.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/cron.d/backup <==
//! 30 2 * * * root /usr/local/bin/backup.sh
//! ==> /usr/local/bin/backup.sh 0750 root root <==
//! #!/bin/sh
//! PGPASSWORD=kX7-correct-horse pg_dump prod > /backup/x
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/cron.d/backup <==
//! 30 2 * * * root /usr/local/bin/backup.sh
//! ==> /usr/local/bin/backup.sh 0750 root root <==
//! #!/bin/sh
//! pg_dump prod > /backup/x
//! ```
//!
//! ## How to fix
//!
//! Use a `.pgpass` file with mode 0600, or `peer` over the socket; for other tools an environment file.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/798.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::rule::Check;
use crate::rule::Report;
use crate::source::Site;
use regex::Regex;

pub(super) const META: RuleMeta = RuleMeta::new("backup-script-password", "HST014", Group::Host, Severity::High, 798);

pub(super) const CHECK: Check = Check::Host(check);

fn check(deployment: &Deployment, out: &mut Vec<Report>) {
    let Ok(pattern) = Regex::new("(?i)(PGPASSWORD|MYSQL_PWD|RESTIC_PASSWORD|BORG_PASSPHRASE|AWS_SECRET_ACCESS_KEY|master_pwd|--?password|sshpass -p)[= ]+[\"']?([^\\s\"'$&|;]{4,})") else { return };
    for job in &deployment.defences.jobs {
        let (text, id, base) = match job.script.and_then(|id| Some((id, deployment.file(id)?))) {
            Some((id, file)) => (file.text.as_str(), id, 0),
            None => (job.job.command.text.as_str(), job.job.command.site.file, job.job.command.site.range.start as usize),
        };
        for found in pattern.captures_iter(text) {
            let (Some(name), Some(value)) = (found.get(1), found.get(2)) else { continue };
            if value.as_str().starts_with(['`', '(']) || value.as_str().starts_with("file:") {
                continue;
            }
            out.push(Report::at(Site::new(id, base + name.start(), base + name.end()), format!("`{}` has a value here", name.as_str())));
        }
    }
}
