//! No backup of the database was found.
//!
//! ## What it does
//!
//! Reports a host with Odoo on which no cron job, script of a job, or service of a compose project runs `pg_dump`,
//! `pg_basebackup`, pgBackRest, barman, restic, borg or Odoo's own backup.
//!
//! ## Why it matters
//!
//! Ransomware and mistakes end the company; what was never copied cannot be restored.
//!
//! ## Bad
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! list_db = False
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! list_db = False
//! ==> /etc/cron.d/backup <==
//! 30 2 * * * root /usr/local/bin/backup.sh
//! ==> /usr/local/bin/backup.sh 0750 root root <==
//! #!/bin/sh
//! pg_dump -Fc prod > /backup/prod.dump
//! rsync -a /var/lib/odoo/filestore /backup/
//! ```
//!
//! ## How to fix
//!
//! Copy database and filestore every night to a place that this host cannot delete from, encrypted, and restore one
//! every month.
//!
//! ## Limits
//!
//! Backups that another machine fetches, snapshots of the provider and timers of systemd are not seen.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/693.html>

use castellan_model::{Confidence, Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("host-no-backup", "HST012", Group::Host, Severity::Medium, 693);

pub(super) const CHECK: Check = Check::Host(check);

fn check(deployment: &Deployment, out: &mut Vec<Report>) {
    const TOOLS: [&str; 12] = ["pg_dump", "pg_basebackup", "pgbackrest", "barman", "restic", "borg", "wal-g", "/web/database/backup", "odoo db dump", "duplicity", "rclone", "castellan backup"];
    let Some(odoo) = deployment.odoos.first().filter(|odoo| !odoo.remote_database() || odoo.in_container()) else { return };
    let mentions = |text: &str| TOOLS.iter().any(|tool| text.contains(tool)) || text.to_lowercase().contains("backup");
    let by_job = deployment.defences.jobs.iter().any(|job| {
        mentions(&job.job.command.text) || job.script.and_then(|id| deployment.file(id)).is_some_and(|file| mentions(&file.text))
    });
    let by_container = deployment.compose.iter().flat_map(|project| &project.services).any(|service| mentions(&service.image().map(|word| word.text).unwrap_or_default()) || mentions(&service.name.text));
    if !by_job && !by_container {
        out.push(Report::at(odoo.place.clone(), "no job on this host makes a backup").confidence(Confidence::Medium));
    }
}
