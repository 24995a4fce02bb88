//! The service is not confined.
//!
//! ## What it does
//!
//! Computes the exposure of the unit as `systemd-analyze security` does, on a scale from 0 to 10, and reports 5 and
//! above. Names the settings that are safe for Odoo and missing; those that break it (MemoryDenyWriteExecute,
//! PrivateNetwork, PrivateUsers with peer authentication, ProcSubset, a filter without @resources) are left out.
//!
//! ## Why it matters
//!
//! What breaks into Odoo reads homes and other services' files, loads kernel modules where it can, and gains rights
//! through set-user-ID programs.
//!
//! ## Bad
//!
//! ```systemd
//! [Service]
//! User=odoo
//! ExecStart=/usr/bin/odoo -c /etc/odoo/odoo.conf
//! ```
//!
//! ## Good
//!
//! ```systemd
//! [Service]
//! User=odoo
//! ExecStart=/usr/bin/odoo -c /etc/odoo/odoo.conf
//! NoNewPrivileges=yes
//! ProtectSystem=strict
//! ReadWritePaths=/var/lib/odoo /var/log/odoo
//! ProtectHome=yes
//! PrivateTmp=yes
//! PrivateDevices=yes
//! ProtectKernelTunables=yes
//! ProtectKernelModules=yes
//! ProtectKernelLogs=yes
//! ProtectControlGroups=yes
//! ProtectClock=yes
//! ProtectHostname=yes
//! ProtectProc=invisible
//! RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
//! RestrictNamespaces=yes
//! RestrictRealtime=yes
//! RestrictSUIDSGID=yes
//! LockPersonality=yes
//! RemoveIPC=yes
//! UMask=0027
//! SystemCallArchitectures=native
//! SystemCallFilter=@system-service
//! SystemCallFilter=~@privileged
//! SystemCallErrorNumber=EPERM
//! CapabilityBoundingSet=
//! ```
//!
//! ## How to fix
//!
//! Add a drop-in with the settings named here; `castellan fix` writes it, `castellan harden systemd` prints a whole
//! unit. Check with `systemd-analyze security odoo`.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/693.html>
//! * systemd.exec(5): <https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html>

use castellan_model::{Group, RuleMeta, Severity};

use super::helpers::{drop_in};
use crate::deployment::Deployment;
use crate::deployment::units::Unit;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("service-sandbox", "SVC005", Group::Service, Severity::Low, 693);

pub(super) const CHECK: Check = Check::Unit(check);

fn check(deployment: &Deployment, unit: &Unit, out: &mut Vec<Report>) {
    let exposure = crate::deployment::units::exposure(unit);
    if exposure.score < 5.0 || crate::deployment::units::server_of(deployment, unit).is_none() {
        return;
    }
    let data = crate::deployment::units::server_of(deployment, unit);
    let mut writable: Vec<String> = Vec::new();
    if let Some(odoo) = data {
        writable.push(odoo.setting("data_dir").value.text());
        let log = odoo.setting("logfile").value.text();
        writable.extend(log.rsplit_once('/').map(|(folder, _)| folder.to_owned()));
    }
    writable.retain(|path| path.starts_with('/') && path.len() > 1);
    let in_home = writable.iter().any(|path| path.starts_with("/home/") || path.starts_with("/root"));
    let mut text = String::from("[Service]\n");
    for (key, value) in &exposure.missing {
        if *key == "ProtectHome" && in_home {
            continue;
        }
        text.push_str(&format!("{key}={value}\n"));
        if *key == "ProtectSystem" && !writable.is_empty() {
            // A path that is not there must not keep the service from starting.
            let paths: Vec<String> = writable.iter().map(|path| format!("-{path}")).collect();
            text.push_str(&format!("ReadWritePaths={}\n", paths.join(" ")));
        }
    }
    let names: Vec<&str> = exposure.missing.iter().map(|(key, _)| *key).collect();
    let shown = names.iter().take(6).copied().collect::<Vec<_>>().join(", ");
    let more = names.len().saturating_sub(6);
    let message = format!("exposure {:.1} of 10: {shown}{} not set", exposure.score, if more > 0 { format!(" and {more} more") } else { String::new() });
    let fix = (!writable.is_empty()).then(|| drop_in(unit, "sandbox", &text, "confine the service")).flatten();
    out.push(Report::at(unit.place(), message).fix(fix));
}
