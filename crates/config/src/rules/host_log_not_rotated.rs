//! Odoo's log grows without bound.
//!
//! ## What it does
//!
//! Reports a log file that no block of logrotate names.
//!
//! ## Why it matters
//!
//! The disk fills until the database stops; or somebody deletes the log when it is needed.
//!
//! ## Bad
//!
//! ```ini
//! [options]
//! logfile = /var/log/odoo/odoo.log
//! ```
//!
//! ## Good
//!
//! ```ini
//! ==> /etc/odoo/odoo.conf <==
//! [options]
//! logfile = /var/log/odoo/odoo.log
//! ==> /etc/logrotate.d/odoo <==
//! /var/log/odoo/*.log {
//!   weekly
//!   rotate 12
//!   copytruncate
//! }
//! ```
//!
//! ## How to fix
//!
//! Add a block for it; `castellan fix` writes one.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/779.html>

use castellan_model::{Change, Fix, Group, RuleMeta, Severity};

use crate::deployment::Deployment;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("host-log-not-rotated", "HST010", Group::Host, Severity::Low, 779);

pub(super) const CHECK: Check = Check::Host(check);

fn check(deployment: &Deployment, out: &mut Vec<Report>) {
    for odoo in &deployment.odoos {
        let setting = odoo.setting("logfile");
        let path = setting.value.text();
        if !path.starts_with('/') || odoo.in_container() {
            continue;
        }
        let covered = deployment.defences.rotations.iter().flat_map(|rotation| &rotation.patterns).any(|pattern| {
            globset::GlobBuilder::new(pattern).literal_separator(true).build().is_ok_and(|glob| glob.compile_matcher().is_match(&path))
        });
        if covered {
            continue;
        }
        let user = odoo.user.clone().filter(|user| user != "root").unwrap_or_else(|| "odoo".into());
        let fix = Fix {
            title: "rotate the log weekly and keep it for a year".into(),
            changes: vec![Change::Create {
                path: "/etc/logrotate.d/odoo".into(),
                text: format!("{path} {{\n    weekly\n    rotate 52\n    compress\n    delaycompress\n    missingok\n    notifempty\n    copytruncate\n    su {user} {user}\n}}\n"),
                mode: 0o644,
            }],
            note: None,
            reverts_unless_confirmed: false,
        };
        let free = deployment.attributes("/etc/logrotate.d/odoo").is_none();
        out.push(Report::at(odoo.place_of(&setting), format!("no block of logrotate names {path}")).fix(free.then_some(fix)));
    }
}
