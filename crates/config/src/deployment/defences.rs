//! What stands around Odoo on the host: firewall, sshd, fail2ban, logrotate, cron, updates, time.

use castellan_model::NotAssessedKind;

use super::lines;
use crate::host::survey::Survey;
use crate::read::cron::{self, Job};
use crate::read::firewall::{self, Chain};
use crate::read::ini::Ini;
use crate::read::sshd::{self, Line};
use crate::read::tree::{self, Node};
use crate::source::{FileId, Site, Word};

/// The defences of a host.
#[derive(Debug, Default)]
pub struct Defences {
    /// Firewall rules, one entry a table.
    pub firewall: Vec<Chain>,
    /// sshd.
    pub sshd: Option<Sshd>,
    /// fail2ban.
    pub fail2ban: Option<Fail2ban>,
    /// Log files that are rotated.
    pub rotations: Vec<Rotation>,
    /// Jobs, with the scripts that they run.
    pub jobs: Vec<CronJob>,
    /// Operating system: id and version of `os-release`.
    pub system: Option<(String, String, Site)>,
    /// Where automatic security updates are switched on.
    pub automatic_updates: Option<Site>,
    /// The configuration of a time service that is there.
    pub time_service: Option<String>,
    /// `daemon.json` of Docker.
    pub docker_daemon: Option<Node>,
}

/// The configuration of sshd, includes in place.
#[derive(Debug)]
pub struct Sshd {
    /// The main file.
    pub file: FileId,
    /// Lines in order.
    pub lines: Vec<Line>,
}

impl Sshd {
    /// The value for everybody: the first before any `Match`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Line> {
        self.lines.iter().take_while(|line| line.key.text != "match").find(|line| line.key.text == key)
    }

    /// Values inside `Match` blocks, with the condition.
    pub fn matched<'s>(&'s self, key: &'s str) -> impl Iterator<Item = (&'s Line, &'s Line)> {
        let mut condition = None;
        self.lines.iter().filter_map(move |line| {
            if line.key.text == "match" {
                condition = Some(line);
                return None;
            }
            condition.filter(|_| line.key.text == key).map(|condition| (condition, line))
        })
    }
}

/// fail2ban: jails merged in the order in which it reads its files.
#[derive(Debug)]
pub struct Fail2ban {
    /// Files, later ones win.
    pub files: Vec<(FileId, Ini)>,
    /// Filters that enabled jails use: name, file, failregex.
    pub filters: Vec<Filter>,
}

/// A filter of fail2ban.
#[derive(Debug)]
pub struct Filter {
    /// Name.
    pub name: String,
    /// Its expressions, one a line.
    pub failregex: Option<Word>,
}

impl Fail2ban {
    /// The value of a jail that counts.
    #[must_use]
    pub fn value(&self, jail: &str, key: &str) -> Option<Word> {
        let of = |section: &str| {
            self.files.iter().rev().find_map(|(_, ini)| {
                ini.sections
                    .iter()
                    .rfind(|one| one.name.text == section)
                    .and_then(|one| one.entries.iter().rfind(|entry| entry.key.text == key))
                    .map(|entry| entry.value.clone())
            })
        };
        of(jail).or_else(|| of("DEFAULT"))
    }

    /// Jails that are switched on.
    #[must_use]
    pub fn jails(&self) -> Vec<Word> {
        let mut names: Vec<Word> = Vec::new();
        for section in self.files.iter().flat_map(|(_, ini)| &ini.sections) {
            let name = &section.name;
            if !matches!(name.text.as_str(), "DEFAULT" | "INCLUDES")
                && !names.iter().any(|known| known.text == name.text)
            {
                names.push(name.clone());
            }
        }
        names.retain(|name| {
            self.value(&name.text, "enabled")
                .is_some_and(|value| matches!(value.text.to_lowercase().as_str(), "true" | "1" | "yes" | "on"))
        });
        names
    }
}

/// A block of logrotate.
#[derive(Debug)]
pub struct Rotation {
    /// Paths and patterns.
    pub patterns: Vec<String>,
    /// Lines inside.
    pub options: Vec<String>,
    /// The header.
    pub site: Site,
}

/// A job with the text of the script that it runs.
#[derive(Debug)]
pub struct CronJob {
    /// The job.
    pub job: Job,
    /// The user.
    pub user: String,
    /// The script.
    pub script: Option<FileId>,
}

pub(super) fn load(survey: &mut Survey<'_>) -> Defences {
    Defences {
        firewall: firewall(survey),
        sshd: load_sshd(survey, "/etc/ssh/sshd_config"),
        fail2ban: fail2ban(survey),
        rotations: rotations(survey),
        jobs: jobs(survey),
        system: system(survey),
        automatic_updates: automatic_updates(survey),
        time_service: time_service(survey),
        docker_daemon: survey.open("/etc/docker/daemon.json").and_then(|id| tree::yaml(id, survey.text(id)).0),
    }
}

fn firewall(survey: &mut Survey<'_>) -> Vec<Chain> {
    let mut chains = Vec::new();
    let enabled = survey
        .open("/etc/ufw/ufw.conf")
        .is_some_and(|id| survey.text(id).lines().any(|line| line.trim().eq_ignore_ascii_case("ENABLED=yes")));
    if enabled && let Some(defaults) = survey.open("/etc/default/ufw") {
        for (paths, v6) in [
            (["/etc/ufw/user.rules", "/lib/ufw/user.rules"], false),
            (["/etc/ufw/user6.rules", "/lib/ufw/user6.rules"], true),
        ] {
            let found = paths.iter().find_map(|path| survey.open(path));
            if let Some(id) = found {
                chains.push(firewall::ufw(id, survey.text(id), defaults, survey.text(defaults), v6));
            }
        }
    }
    let mut nft: Vec<FileId> = survey.open("/etc/nftables.conf").into_iter().collect();
    if nft.is_empty() {
        nft.extend(survey.open("/etc/sysconfig/nftables.conf"));
    }
    let mut index = 0;
    while let Some(id) = nft.get(index).copied() {
        index += 1;
        let text = survey.text(id).to_owned();
        let folder = survey.path(id).rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
        for (_, line) in lines(id, &text) {
            let Some(pattern) = line.strip_prefix("include ") else { continue };
            let pattern = pattern.trim_matches(['"', '\'', ';', ' ']);
            let full = if pattern.starts_with('/') { pattern.to_owned() } else { format!("{folder}/{pattern}") };
            for path in survey.glob(&full) {
                if let Some(inner) = survey.open(&path)
                    && !nft.contains(&inner)
                    && nft.len() < 50
                {
                    nft.push(inner);
                }
            }
        }
        let (found, problems) = firewall::nftables(id, &text);
        chains.extend(found);
        for problem in problems {
            survey.problem(id, &problem);
        }
    }
    for (path, v6) in [
        ("/etc/iptables/rules.v4", false),
        ("/etc/iptables/rules.v6", true),
        ("/etc/sysconfig/iptables", false),
        ("/etc/sysconfig/ip6tables", true),
    ] {
        if let Some(id) = survey.open(path) {
            chains.extend(firewall::iptables(id, survey.text(id), v6));
        }
    }
    chains
}

pub(super) fn load_sshd(survey: &mut Survey<'_>, path: &str) -> Option<Sshd> {
    let file = survey.open(path)?;
    let mut all = Vec::new();
    include_sshd(survey, file, &mut all, 0);
    Some(Sshd { file, lines: all })
}

fn include_sshd(survey: &mut Survey<'_>, file: FileId, out: &mut Vec<Line>, depth: usize) {
    let parsed = sshd::parse(file, survey.text(file));
    for line in parsed {
        if line.key.text == "include" && depth < 16 {
            for pattern in &line.arguments {
                let full = if pattern.text.starts_with('/') {
                    pattern.text.clone()
                } else {
                    format!("/etc/ssh/{}", pattern.text)
                };
                for path in survey.glob(&full) {
                    if let Some(inner) = survey.open(&path) {
                        include_sshd(survey, inner, out, depth + 1);
                    }
                }
            }
            continue;
        }
        out.push(line);
    }
}

fn fail2ban(survey: &mut Survey<'_>) -> Option<Fail2ban> {
    let mut paths = vec!["/etc/fail2ban/jail.conf".to_owned()];
    paths.extend(survey.glob("/etc/fail2ban/jail.d/*.conf"));
    paths.push("/etc/fail2ban/jail.local".to_owned());
    paths.extend(survey.glob("/etc/fail2ban/jail.d/*.local"));
    let files: Vec<(FileId, Ini)> = paths
        .iter()
        .filter_map(|path| {
            let id = survey.open(path)?;
            Some((id, Ini::parse(id, survey.text(id), &[';', '#'])))
        })
        .collect();
    if files.is_empty() {
        return None;
    }
    let mut found = Fail2ban { files, filters: Vec::new() };
    for jail in found.jails() {
        let filter = found.value(&jail.text, "filter").map_or_else(|| jail.text.clone(), |word| word.text);
        let name = filter.replace("%(__name__)s", &jail.text);
        let name = name.split('[').next().unwrap_or("").trim().to_owned();
        let mut failregex = None;
        for end in ["conf", "local"] {
            if let Some(id) = survey.open(&format!("/etc/fail2ban/filter.d/{name}.{end}")) {
                let ini = Ini::parse(id, survey.text(id), &[]);
                failregex = ini.get("Definition", "failregex").map(|entry| entry.value.clone()).or(failregex);
            }
        }
        found.filters.push(Filter { name, failregex });
    }
    Some(found)
}

fn rotations(survey: &mut Survey<'_>) -> Vec<Rotation> {
    let mut paths = vec!["/etc/logrotate.conf".to_owned()];
    paths.extend(survey.glob("/etc/logrotate.d/*"));
    let mut found = Vec::new();
    for path in paths {
        let Some(id) = survey.open(&path) else { continue };
        let mut header: Vec<String> = Vec::new();
        let mut open: Option<Rotation> = None;
        for (site, line) in lines(id, survey.text(id)) {
            if let Some(rotation) = &mut open {
                if line.starts_with('}') {
                    found.extend(open.take());
                } else {
                    rotation.options.push(line);
                }
                continue;
            }
            let starts = line.trim_end_matches('{').trim();
            if starts.starts_with(['/', '"', '~']) {
                header.extend(starts.split_whitespace().map(|word| word.trim_matches('"').to_owned()));
            } else if !line.starts_with('{') {
                header.clear();
            }
            if line.ends_with('{') {
                open = Some(Rotation { patterns: std::mem::take(&mut header), options: Vec::new(), site });
            }
        }
    }
    found
}

fn jobs(survey: &mut Survey<'_>) -> Vec<CronJob> {
    let mut found = Vec::new();
    let mut tables: Vec<(String, Option<String>)> = vec![("/etc/crontab".into(), None)];
    tables.extend(survey.glob("/etc/cron.d/*").into_iter().map(|path| (path, None)));
    for folder in ["/var/spool/cron/crontabs", "/var/spool/cron"] {
        for path in survey.glob(&format!("{folder}/*")) {
            if !survey.is_folder(&path) {
                let user = path.rsplit('/').next().unwrap_or("").to_owned();
                tables.push((path, Some(user)));
            }
        }
    }
    for (path, owner) in tables {
        let Some(id) = survey.open(&path) else { continue };
        for job in cron::parse(id, survey.text(id), owner.is_none()) {
            let user = job.user.as_ref().map(|word| word.text.clone()).or_else(|| owner.clone()).unwrap_or_default();
            let script = job
                .command
                .text
                .split_whitespace()
                .find(|word| {
                    word.starts_with('/')
                        && !word.starts_with("/usr/bin/")
                        && !word.starts_with("/bin/")
                        && !word.starts_with("/dev/")
                })
                .map(|word| word.trim_end_matches(';').to_owned());
            let script = script.and_then(|path| {
                survey.stat(&path)?;
                survey.open(&path)
            });
            found.push(CronJob { job, user, script });
        }
    }
    for path in survey.glob("/etc/cron.daily/*") {
        if let Some(id) = survey.open(&path) {
            let end = survey.text(id).find('\n').unwrap_or(0);
            let command = Word { text: path.clone(), site: Site::new(id, 0, end) };
            let job = Job { schedule: "@daily".into(), user: None, command };
            found.push(CronJob { job, user: "root".into(), script: Some(id) });
        }
    }
    found
}

fn system(survey: &mut Survey<'_>) -> Option<(String, String, Site)> {
    let id = survey.open("/etc/os-release").or_else(|| survey.open("/usr/lib/os-release"))?;
    let mut name = String::new();
    let mut version = (String::new(), Site::new(id, 0, 0));
    for (site, line) in lines(id, survey.text(id)) {
        let Some((key, value)) = line.split_once('=') else { continue };
        let value = value.trim_matches(['"', '\'']).to_owned();
        match key {
            "ID" => name = value,
            "VERSION_ID" => version = (value, site),
            _ => {}
        }
    }
    (!name.is_empty()).then_some((name, version.0, version.1))
}

fn automatic_updates(survey: &mut Survey<'_>) -> Option<Site> {
    for path in survey.glob("/etc/apt/apt.conf.d/*") {
        let Some(id) = survey.open(&path) else { continue };
        for (site, line) in lines(id, survey.text(id)) {
            let folded: String = line.chars().filter(|char| !char.is_whitespace()).collect();
            if folded.starts_with("APT::Periodic::Unattended-Upgrade\"") && !folded.contains("\"0\"") {
                return Some(site);
            }
        }
    }
    let id = survey.open("/etc/dnf/automatic.conf")?;
    let ini = Ini::parse(id, survey.text(id), &[]);
    let entry = ini.get("commands", "apply_updates")?;
    matches!(entry.value.text.to_lowercase().as_str(), "yes" | "true" | "1").then_some(entry.site)
}

fn time_service(survey: &mut Survey<'_>) -> Option<String> {
    [
        "/etc/systemd/system/sysinit.target.wants/systemd-timesyncd.service",
        "/etc/systemd/system/dbus-org.freedesktop.timesync1.service",
        "/etc/chrony/chrony.conf",
        "/etc/chrony.conf",
        "/etc/ntp.conf",
        "/etc/ntpsec/ntp.conf",
        "/etc/openntpd/ntpd.conf",
    ]
    .iter()
    .find(|path| survey.stat(path).is_some())
    .map(|path| (*path).to_owned())
}

/// Notes that a part of the host says nothing because it is not there.
pub(super) fn note_absent(survey: &mut Survey<'_>, what: &str, reason: &str) {
    survey.note(what, NotAssessedKind::Absent, reason);
}
