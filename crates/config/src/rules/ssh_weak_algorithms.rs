//! SSH takes weak algorithms.
//!
//! ## What it does
//!
//! Reports lists of ciphers, MACs, key exchanges and host keys that name CBC, 3DES, RC4, MD5, SHA-1 or DSA.
//!
//! ## Why it matters
//!
//! Whoever records or changes the traffic has a chance against it.
//!
//! ## Bad
//!
//! ```sshd
//! Ciphers aes128-cbc,aes256-ctr
//! ```
//!
//! ## Good
//!
//! ```sshd
//! Ciphers chacha20-poly1305@openssh.com,aes256-gcm@openssh.com
//! ```
//!
//! ## How to fix
//!
//! Remove the line: the defaults of OpenSSH are good.
//!
//! ## References
//!
//! * <https://cwe.mitre.org/data/definitions/327.html>
//! * sshd_config(5): <https://man.openbsd.org/sshd_config>

use castellan_model::{Fix, Group, RuleMeta, Severity};

use super::helpers::{remove_lines};
use crate::deployment::Deployment;
use crate::deployment::defences::Sshd;
use crate::rule::Check;
use crate::rule::Report;

pub(super) const META: RuleMeta = RuleMeta::new("ssh-weak-algorithms", "SSH008", Group::Host, Severity::Medium, 327);

pub(super) const CHECK: Check = Check::Sshd(check);

fn check(deployment: &Deployment, sshd: &Sshd, out: &mut Vec<Report>) {
    const WEAK: [&str; 12] = ["-cbc", "3des", "arcfour", "hmac-md5", "hmac-sha1", "umac-64", "group1-sha1", "group14-sha1", "group-exchange-sha1", "ssh-dss", "blowfish", "cast128"];
    for key in ["ciphers", "macs", "kexalgorithms", "hostkeyalgorithms", "pubkeyacceptedalgorithms"] {
        let Some(line) = sshd.get(key) else { continue };
        let value = line.value();
        if value.starts_with('-') {
            continue;
        }
        let weak: Vec<&str> = value.trim_start_matches(['+', '^']).split(',').filter(|name| WEAK.iter().any(|weak| name.contains(weak))).collect();
        if !weak.is_empty() {
            let fix = remove_lines(deployment, line.site, "leave the list to OpenSSH's defaults").map(|fix| Fix { reverts_unless_confirmed: true, ..fix });
            out.push(Report::at(line.site, format!("weak algorithms are taken: {}", weak.join(", "))).fix(fix));
        }
    }
}
