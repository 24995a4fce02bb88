//! Finds the Odoo on a host and links what belongs together: configuration files, command lines, service units, containers,
//! the proxy in front, PostgreSQL behind, the firewall around.

pub mod containers;
pub mod defences;
mod discover;
pub mod odoo;
pub mod postgres;
mod proxies;
pub mod units;

pub use discover::{FileKind, Options, discover, kind_of};

use castellan_model::{NotAssessed, Range, Series, TextFile};

use crate::host::survey::Survey;
use crate::host::{Attributes, Facts, Process};
use crate::proxy::{Front, Outcome, Request};
use crate::source::{FileId, Site, Word};
use containers::{Compose, Dockerfile};
use defences::Defences;
use odoo::OdooServer;
use postgres::PostgresServer;
use units::Unit;

/// What a place points at: bytes of a text, or a path or process whose line is written by us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// Bytes of a text.
    Site(Site),
    /// Something without a text.
    Line {
        /// Path on the host.
        path: String,
        /// The line to show.
        shown: String,
    },
}

impl From<Site> for Place {
    fn from(site: Site) -> Self {
        Self::Site(site)
    }
}

/// A user of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Name.
    pub name: String,
    /// Id.
    pub uid: u32,
    /// Id of the main group.
    pub gid: u32,
    /// Home folder.
    pub home: String,
    /// Shell.
    pub shell: String,
    /// Where the user is written.
    pub site: Site,
}

/// A group of the host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Name.
    pub name: String,
    /// Id.
    pub gid: u32,
    /// Names of further members.
    pub members: Vec<Word>,
}

/// One thing that was found, for the reader.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// `odoo`, `proxy`, `postgresql` ...
    pub kind: &'static str,
    /// Where.
    pub path: String,
    /// What it is.
    pub detail: String,
}

/// A site of a proxy that leads to Odoo.
#[derive(Debug, Clone, Copy)]
pub struct OdooSite {
    /// Index of the front.
    pub front: usize,
    /// Index of its site.
    pub site: usize,
    /// Index of the server behind, when it is known.
    pub odoo: Option<usize>,
}

/// Everything that was found on a host.
pub struct Deployment {
    /// Texts.
    pub files: Vec<TextFile>,
    /// Attributes of paths that were looked at.
    pub attributes: std::collections::BTreeMap<String, Attributes>,
    /// Values that no report may show.
    pub secrets: Vec<Site>,
    /// What could not be looked at.
    pub not_assessed: Vec<NotAssessed>,
    /// What was found.
    pub found: Vec<Found>,
    /// Facts that no file tells.
    pub facts: Facts,
    /// Users.
    pub users: Vec<User>,
    /// Groups.
    pub groups: Vec<Group>,
    /// Odoo servers.
    pub odoos: Vec<OdooServer>,
    /// Proxies.
    pub fronts: Vec<Front>,
    /// Sites that lead to Odoo.
    pub sites: Vec<OdooSite>,
    /// PostgreSQL servers.
    pub postgres: Vec<PostgresServer>,
    /// Service units that run Odoo.
    pub units: Vec<Unit>,
    /// Compose projects.
    pub compose: Vec<Compose>,
    /// Dockerfiles.
    pub dockerfiles: Vec<Dockerfile>,
    /// Firewall, sshd, fail2ban, logrotate, cron, updates.
    pub defences: Defences,
    /// This is a whole system, so that what is not there is known to be missing.
    pub is_system: bool,
}

impl Deployment {
    /// The text of a file.
    #[must_use]
    pub fn file(&self, id: FileId) -> Option<&TextFile> {
        self.files.get(id.0 as usize)
    }

    /// The text at a place.
    #[must_use]
    pub fn slice(&self, site: Site) -> &str {
        self.file(site.file).map_or("", |file| file.slice(site.range))
    }

    /// The start of a file, for what is missing in it.
    #[must_use]
    pub fn start(&self, id: FileId) -> Site {
        let end = self.file(id).and_then(|file| file.text.find('\n')).unwrap_or(0);
        Site { file: id, range: Range::new(0, end) }
    }

    /// Attributes of a path that was looked at.
    #[must_use]
    pub fn attributes(&self, path: &str) -> Option<&Attributes> {
        self.attributes.get(&crate::host::survey::normalise(path))
    }

    /// A user by id.
    #[must_use]
    pub fn user(&self, uid: u32) -> Option<&User> {
        self.users.iter().find(|user| user.uid == uid)
    }

    /// A user by name.
    #[must_use]
    pub fn user_named(&self, name: &str) -> Option<&User> {
        self.users.iter().find(|user| user.name == name)
    }

    /// Name of a user, or the number.
    #[must_use]
    pub fn user_name(&self, uid: u32) -> String {
        self.user(uid).map_or_else(|| uid.to_string(), |user| user.name.clone())
    }

    /// Name of a group, or the number.
    #[must_use]
    pub fn group_name(&self, gid: u32) -> String {
        self.groups.iter().find(|group| group.gid == gid).map_or_else(|| gid.to_string(), |group| group.name.clone())
    }

    /// A path with its mode and owner, as a place.
    #[must_use]
    pub fn path_place(&self, path: &str) -> Place {
        let shown = match self.attributes(path) {
            Some(attributes) => format!(
                "{:04o} {} {} {path}",
                attributes.mode,
                self.user_name(attributes.uid),
                self.group_name(attributes.gid)
            ),
            None => path.to_owned(),
        };
        Place::Line { path: path.to_owned(), shown }
    }

    /// A process, as a place. Passwords on its command line are masked.
    #[must_use]
    pub fn process_place(&self, process: &Process) -> Place {
        let shown = format!("{} {}", self.user_name(process.uid), masked_command(&process.command).join(" "));
        Place::Line { path: format!("/proc/{}/cmdline", process.pid), shown }
    }

    /// Whether a user may write to a path that was looked at; the superuser does not count.
    #[must_use]
    pub fn may_write(&self, user: &User, path: &str) -> bool {
        let Some(attributes) = self.attributes(path) else { return false };
        if user.uid == 0 {
            return false;
        }
        let in_group = user.gid == attributes.gid
            || self.groups.iter().any(|group| {
                group.gid == attributes.gid && group.members.iter().any(|member| member.text == user.name)
            });
        if attributes.uid == user.uid {
            attributes.mode & 0o200 != 0
        } else if in_group {
            attributes.mode & 0o020 != 0
        } else {
            attributes.mode & 0o002 != 0
        }
    }

    /// The sites that lead to Odoo, with their front.
    pub fn odoo_sites(&self) -> impl Iterator<Item = (&OdooSite, &Front)> {
        self.sites.iter().filter_map(|site| Some((site, self.fronts.get(site.front)?)))
    }

    /// The proxies that lead to a server.
    pub fn fronts_of(&self, odoo: usize) -> impl Iterator<Item = (&OdooSite, &Front)> {
        self.odoo_sites().filter(move |(site, _)| site.odoo.is_none_or(|known| known == odoo))
    }

    /// Whether a TCP port of this host is open to the outside, by its firewall; `None` when no firewall is known.
    #[must_use]
    pub fn firewall_opens(&self, port: u16) -> Option<(bool, Site)> {
        let chains: Vec<_> = self.defences.firewall.iter().filter(|chain| chain.v4).collect();
        let decisions: Vec<_> = chains.iter().map(|chain| chain.decide(port, crate::proxy::OUTSIDE)).collect();
        // A packet must be let in by every table.
        let refused = decisions.iter().find(|(verdict, _)| *verdict == crate::read::firewall::Verdict::Drop);
        match refused {
            Some((_, site)) => Some((false, *site)),
            None => decisions.first().map(|(_, site)| (true, *site)),
        }
    }
}

/// A request to a site of a proxy, from outside, on its main address.
#[must_use]
pub fn request(front: &Front, site: usize, method: &str, target: &str) -> Option<Request> {
    let site = front.sites.get(site)?;
    let listen = site.main_listen()?;
    let scheme = if listen.tls { "https" } else { "http" };
    let host = match (site.names.is_empty(), listen.address) {
        (true, Some(address)) => address.to_string(),
        _ => site.host(),
    };
    Some(Request::new(method, scheme, &host, listen.port, target))
}

/// A command line with its passwords masked.
#[must_use]
pub fn masked_command(command: &[String]) -> Vec<String> {
    let mut hide_next = false;
    command
        .iter()
        .map(|word| {
            if std::mem::take(&mut hide_next) {
                return "********".to_owned();
            }
            let name = word.split('=').next().unwrap_or("");
            let secret = matches!(name, "-w" | "--db_password" | "--db-password" | "--smtp-password")
                || (name.starts_with("--") && name.to_lowercase().contains("passw"));
            match (secret, word.contains('=')) {
                (true, true) => format!("{name}=********"),
                (true, false) => {
                    hide_next = true;
                    word.clone()
                }
                (false, _) if word.starts_with("-w") && word.len() > 2 && !word.starts_with("--") => {
                    "-w********".to_owned()
                }
                _ => word.clone(),
            }
        })
        .collect()
}

/// Reads `/etc/passwd` and `/etc/group`.
fn accounts(survey: &mut Survey<'_>) -> (Vec<User>, Vec<Group>) {
    let mut users = Vec::new();
    let mut groups = Vec::new();
    if let Some(id) = survey.open("/etc/passwd") {
        for (site, line) in lines(id, survey.text(id)) {
            let fields: Vec<&str> = line.split(':').collect();
            let number = |index: usize| fields.get(index).and_then(|text| text.parse().ok());
            if let (Some(name), Some(uid), Some(gid)) = (fields.first(), number(2), number(3)) {
                users.push(User {
                    name: (*name).to_owned(),
                    uid,
                    gid,
                    home: fields.get(5).map_or(String::new(), |text| (*text).to_owned()),
                    shell: fields.get(6).map_or(String::new(), |text| (*text).to_owned()),
                    site,
                });
            }
        }
    }
    if let Some(id) = survey.open("/etc/group") {
        for (site, line) in lines(id, survey.text(id)) {
            let fields: Vec<&str> = line.split(':').collect();
            if let (Some(name), Some(gid)) = (fields.first(), fields.get(2).and_then(|text| text.parse().ok())) {
                let members = fields.get(3).copied().unwrap_or("").split(',').filter(|text| !text.is_empty());
                let members = members.map(|text| Word { text: text.to_owned(), site }).collect();
                groups.push(Group { name: (*name).to_owned(), gid, members });
            }
        }
    }
    (users, groups)
}

/// Lines with their places, without comments and empty ones.
pub(crate) fn lines(file: FileId, text: &str) -> Vec<(Site, String)> {
    let mut at = 0;
    let mut out = Vec::new();
    for raw in text.split_inclusive('\n') {
        let start = at;
        at += raw.len();
        let line = raw.trim();
        if !line.is_empty() && !line.starts_with('#') {
            let lead = raw.len() - raw.trim_start().len();
            out.push((Site::new(file, start + lead, start + lead + line.len()), line.to_owned()));
        }
    }
    out
}

/// The sites of the proxies that lead to one of the servers, or to what looks like one.
fn link_sites(fronts: &[Front], odoos: &[OdooServer]) -> Vec<OdooSite> {
    let mut sites = Vec::new();
    let ports: Vec<(usize, u16)> = odoos
        .iter()
        .enumerate()
        .flat_map(|(index, odoo)| odoo.ports().into_iter().map(move |port| (index, port)))
        .collect();
    for (front_index, front) in fronts.iter().enumerate() {
        for site in 0..front.sites.len() {
            let mut odoo = None;
            let leads = ["/web/login", "/", "/web", "/odoo"].iter().any(|target| {
                let Some(request) = request(front, site, "GET", target) else { return false };
                let Outcome::Proxy { upstream, servers, .. } = front.answer(&request).outcome else { return false };
                let named = upstream.to_lowercase().contains("odoo")
                    || servers.iter().any(|server| server.to_lowercase().contains("odoo"));
                let known = servers.iter().find_map(|server| {
                    let port: u16 = server.rsplit(':').next()?.parse().ok()?;
                    ports.iter().find(|(_, known)| *known == port).map(|(index, _)| *index)
                });
                let usual = servers.iter().any(|server| {
                    server
                        .rsplit(':')
                        .next()
                        .is_some_and(|port| matches!(port, "8069" | "8070" | "8071" | "8072" | "8169"))
                });
                odoo = odoo.or(known);
                named || known.is_some() || usual
            });
            if leads {
                let odoo = odoo.or(if odoos.len() == 1 { Some(0) } else { None });
                sites.push(OdooSite { front: front_index, site, odoo });
            }
        }
    }
    sites
}

/// The series that a version text such as `17.0`, `17.0-20240610` or `17` names.
#[must_use]
pub fn series_of(text: &str) -> Option<Series> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    let rest = text.get(digits.len()..).unwrap_or("");
    let fits = rest.is_empty() || rest.starts_with(".0") || rest.starts_with(['-', '_', '@']);
    fits.then(|| digits.parse().ok().and_then(Series::new)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_on_command_lines_are_masked() {
        let words: Vec<String> =
            "odoo -w s3cret --db_password=x -wy --smtp-password z -c a".split(' ').map(str::to_owned).collect();
        assert_eq!(
            masked_command(&words).join(" "),
            "odoo -w ******** --db_password=******** -w******** --smtp-password ******** -c a"
        );
    }

    #[test]
    fn versions_name_series() {
        assert_eq!(series_of("17.0-20240610"), Series::new(17));
        assert_eq!(series_of("18"), Series::new(18));
        assert_eq!(series_of("latest"), None);
        assert_eq!(series_of("17.5"), None);
    }
}
