//! The backup leaves out the attachments.
//!
//! ## What it does
//!
//! Reports a job whose script dumps the database and names neither the filestore nor the data directory.
//!
//! ## Why it matters
//!
//! Restored, the database refers to files that are gone: contracts, invoices, images.
//!
//! ## Bad
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
//! Copy `data_dir/filestore/DATABASE` after the dump, in that order.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/693.html>

use castellan_model::{Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::rule::Check;
use crate::rule::Report;
use crate::source::Site;

pub(super) const META: RuleMeta = RuleMeta::new("backup-without-filestore", "HST013", Group::Host, Severity::Medium, 693);

pub(super) const CHECK: Check = Check::Host(check);

fn check(deployment: &Deployment, out: &mut Vec<Report>) {
    let texts: Vec<(String, Option<Site>)> = deployment
        .defences
        .jobs
        .iter()
        .map(|job| match job.script.and_then(|id| Some((id, deployment.file(id)?))) {
            Some((id, file)) => (file.text.clone(), file.text.find("pg_dump").map(|at| Site::new(id, at, at + 7))),
            None => (job.job.command.text.clone(), Some(job.job.command.site)),
        })
        .collect();
    let data: Vec<String> = deployment.odoos.iter().map(|odoo| odoo.setting("data_dir").value.text()).filter(|path| path.len() > 3).collect();
    let with_files = texts.iter().any(|(text, _)| text.contains("filestore") || text.contains("/var/lib/odoo") || data.iter().any(|path| text.contains(path.as_str())));
    if with_files {
        return;
    }
    if let Some((_, Some(site))) = texts.iter().find(|(text, _)| text.contains("pg_dump")) {
        out.push(Report::at(*site, "the database is dumped, and nothing copies the filestore"));
    }
}
