//! `castellan harden`.

use std::process::ExitCode;

use castellan_config::odoo::secret;
use castellan_fix::harden::{self, Facts};
use castellan_fix::plan::{Chance, SystemChance};

use super::{note, print};
use crate::exit::{self, Failure};
use crate::options::{HardenArguments, HardenKind};

pub fn run(arguments: &HardenArguments) -> Result<ExitCode, Failure> {
    let standard = Facts::default();
    let facts = Facts {
        series: arguments.odoo_version.unwrap_or(standard.series),
        domain: arguments.domain.clone(),
        database: arguments.database.clone(),
        workers: arguments.workers,
        port: arguments.port,
        gevent_port: arguments.gevent_port,
        user: arguments.user.clone(),
        data_dir: arguments.data_dir.clone(),
        addons_path: arguments.addons_path.clone().unwrap_or(standard.addons_path),
        allow: arguments.allow.iter().map(ToString::to_string).collect(),
        certificate: arguments.certificate.clone().unwrap_or(standard.certificate),
        key: arguments.key.clone().unwrap_or(standard.key),
    };
    let sane = |text: &str| {
        !text.is_empty()
            && !text.chars().any(|char| char.is_whitespace() || char.is_control() || ";{}\"'".contains(char))
    };
    for (name, value) in [
        ("--domain", &facts.domain),
        ("--database", &facts.database),
        ("--user", &facts.user),
        ("--data-dir", &facts.data_dir),
        ("--certificate", &facts.certificate),
        ("--key", &facts.key),
        ("--addons-path", &facts.addons_path),
    ] {
        if !sane(value) {
            return Err(Failure::usage(format!(
                "`{value}` cannot stand for {name}: no blanks, quotes, braces or semicolons"
            )));
        }
    }
    match arguments.what {
        HardenKind::Odoo => {
            let mut bytes = [0_u8; 32];
            SystemChance.fill(&mut bytes).map_err(Failure::own)?;
            let (salt, rest) = bytes.split_at(16);
            let password: String = rest.iter().map(|byte| format!("{byte:02x}")).collect();
            print(&harden::odoo(&facts, &secret::hash(&password, salt, secret::ROUNDS)));
            note(&format!("master password, shown once: {password}"));
        }
        HardenKind::Nginx => print(&harden::nginx(&facts)),
        HardenKind::Caddy => {
            print(&harden::caddy(&facts, !arguments.without_plugins));
            if !arguments.without_plugins {
                note(
                    "limits on requests need the plugin github.com/mholt/caddy-ratelimit; --without-plugins leaves them out",
                );
            }
        }
        HardenKind::Systemd => print(&harden::systemd(&facts)),
        HardenKind::Postgresql => harden::postgresql(&facts).iter().for_each(|(_, text)| print(&format!("{text}\n"))),
        HardenKind::Fail2ban => harden::fail2ban(&facts).iter().for_each(|(_, text)| print(&format!("{text}\n"))),
    }
    Ok(ExitCode::from(exit::CLEAN))
}
