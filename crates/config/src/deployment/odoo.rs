//! One Odoo server with everything that decides about its options.

use std::sync::OnceLock;

use castellan_model::Series;

use super::Place;
use crate::host::survey::Survey;
use crate::odoo::command::Argument;
use crate::odoo::effective::{Given, Origin, Setting, Sources};
use crate::odoo::secret::{self, Strength};
use crate::read::ini::Ini;
use crate::source::{FileId, Site};

/// An Odoo server.
#[derive(Debug)]
pub struct OdooServer {
    /// Its configuration file.
    pub conf: Option<(FileId, Ini)>,
    /// Environment variables.
    pub environment: Vec<Given>,
    /// Command line.
    pub command: Vec<(Argument, Option<Site>)>,
    /// Series.
    pub series: Series,
    /// The series was read, not assumed.
    pub series_known: bool,
    /// User that it runs as.
    pub user: Option<String>,
    /// Index of its process.
    pub process: Option<usize>,
    /// Index of its service unit.
    pub unit: Option<usize>,
    /// It has a configuration file that could not be read: nothing is known of its options.
    pub conf_unread: bool,
    /// Its process runs in a container.
    pub contained: bool,
    /// Its compose project and service.
    pub container: Option<(usize, usize)>,
    /// A place that stands for the server as a whole.
    pub place: Place,
    /// Databases that were found in its filestore.
    pub databases: Vec<String>,
    /// Where its files are, for a process in a container or chroot; empty for the host itself.
    pub prefix: String,
    /// What is said of the master password; made when it is asked for, because it takes a second.
    pub(super) master: OnceLock<Strength>,
}

impl OdooServer {
    /// Words that an attacker of this server tries as a password too.
    #[must_use]
    pub fn own_words(&self) -> Vec<String> {
        let mut words: Vec<String> =
            ["db_name", "db_user", "db_host"].iter().map(|name| self.setting(name).value.text()).collect();
        words.extend(self.databases.iter().cloned());
        words.retain(|word| word.len() > 2 && word != "False");
        words
    }

    /// What is said of the master password.
    #[must_use]
    pub fn master_password(&self) -> &Strength {
        self.master.get_or_init(|| {
            let own = self.own_words();
            let extra: Vec<&str> = own.iter().map(String::as_str).collect();
            secret::assess(&self.setting("admin_passwd").value.text(), &extra)
        })
    }

    /// Everything that decides about its options.
    #[must_use]
    pub fn sources(&self) -> Sources<'_> {
        Sources {
            file: self.conf.as_ref().map(|(_, ini)| ini),
            environment: &self.environment,
            command: &self.command,
            series: self.series,
        }
    }

    /// The value of an option that counts.
    #[must_use]
    pub fn setting(&self, name: &str) -> Setting {
        self.sources().setting(name)
    }

    /// The place of a setting; for one that is not written down, the header of the file or the server itself.
    #[must_use]
    pub fn place_of(&self, setting: &Setting) -> Place {
        if let Some(site) = setting.site {
            return Place::Site(site);
        }
        if setting.origin == Origin::Default
            && let Some((_, ini)) = &self.conf
            && let Some(section) = ini.section("options")
        {
            return Place::Site(section.name.site);
        }
        self.place.clone()
    }

    /// HTTP ports that it listens on.
    #[must_use]
    pub fn ports(&self) -> Vec<u16> {
        let mut ports: Vec<u16> = ["http_port", "gevent_port", "longpolling_port"]
            .iter()
            .filter_map(|name| self.setting(name).value.number())
            .filter(|number| (1.0..=65_535.0).contains(number))
            .map(|number| number as u16)
            .collect();
        ports.sort_unstable();
        ports.dedup();
        ports
    }

    /// HTTP port.
    #[must_use]
    pub fn http_port(&self) -> u16 {
        self.setting("http_port")
            .value
            .number()
            .filter(|number| (1.0..=65_535.0).contains(number))
            .map_or(8069, |number| number as u16)
    }

    /// Port of the evented worker.
    #[must_use]
    pub fn gevent_port(&self) -> u16 {
        let name = if self.series.major() >= 16 { "gevent_port" } else { "longpolling_port" };
        self.setting(name)
            .value
            .number()
            .filter(|number| (1.0..=65_535.0).contains(number))
            .map_or(8072, |number| number as u16)
    }

    /// It runs in a container, where listening on all addresses is normal.
    #[must_use]
    pub const fn in_container(&self) -> bool {
        self.container.is_some() || self.contained
    }

    /// The address it listens on; empty for all.
    #[must_use]
    pub fn interface(&self) -> String {
        let text = self.setting("http_interface").value.text();
        if matches!(text.as_str(), "0.0.0.0" | "::" | "*" | "False" | "True") { String::new() } else { text }
    }

    /// Only this machine reaches it.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let interface = self.interface();
        interface == "localhost" || interface.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// The database server is on another machine.
    #[must_use]
    pub fn remote_database(&self) -> bool {
        let host = self.setting("db_host").value.text();
        let local = host.is_empty() || host == "False" || host == "localhost" || host.starts_with('/');
        !local && !host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

/// The series of a source tree: `version_info` of `release.py` near one of the paths.
pub(super) fn series_of_paths(survey: &mut Survey<'_>, paths: &[String]) -> Option<Series> {
    for path in paths {
        for candidate in [
            "release.py",
            "../release.py",
            "../odoo/release.py",
            "odoo/release.py",
            "../../odoo/release.py",
            "../openerp/release.py",
        ] {
            let Some(id) = survey.open(&format!("{path}/{candidate}")) else { continue };
            let text = survey.text(id);
            // The comment above it names it too.
            let Some(line) = text.lines().find(|line| line.starts_with("version_info") && line.contains('(')) else {
                continue;
            };
            let rest = line.split_once('(').map_or("", |(_, rest)| rest);
            let major = rest.split(',').next().unwrap_or("").trim().trim_matches(['\'', '"']);
            let digits = major.rsplit(|char: char| !char.is_ascii_digit()).next().unwrap_or("");
            if let Some(series) = digits.parse().ok().and_then(Series::new) {
                return Some(series);
            }
        }
    }
    None
}

/// The series that a path names: `/opt/odoo17`, `/srv/odoo/17.0/`, `odoo-17.conf`.
pub(super) fn series_in_name(path: &str) -> Option<Series> {
    path.split('/').find_map(|part| {
        let lower = part.to_lowercase();
        let rest = lower.strip_prefix("odoo").map(|rest| rest.trim_start_matches(['-', '_', '.', 'v']));
        let text = rest.unwrap_or(&lower);
        let text = text.strip_suffix(".conf").unwrap_or(text);
        let version = text.split(['-', '_']).next().unwrap_or(text);
        (rest.is_some() || version.ends_with(".0")).then(|| super::series_of(version)).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_series() {
        for (path, series) in [
            ("/opt/odoo17/odoo.conf", Series::new(17)),
            ("/srv/odoo/18.0/odoo.conf", Series::new(18)),
            ("/etc/odoo/odoo-16.conf", Series::new(16)),
            ("/etc/odoo/odoo.conf", None),
            ("/opt/odoo/17/x", None),
        ] {
            assert_eq!(series_in_name(path), series, "{path}");
        }
    }
}
