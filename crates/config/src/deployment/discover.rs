//! Where things are: running processes, service units, compose projects, usual paths, and what they point at.

use castellan_model::{NotAssessedKind, Series};

use super::containers::{self, Compose};
use super::odoo::{OdooServer, series_in_name, series_of_paths};
use super::units::{self, Unit};
use super::{Deployment, Found, Place, accounts, defences, link_sites, postgres, proxies, series_of};
use crate::host::survey::Survey;
use crate::host::{Host, secrets};
use crate::odoo::command;
use crate::odoo::effective::Given;
use crate::read::ini::Ini;
use crate::source::{FileId, Site};

/// What to look at.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Only these files; empty for the whole system.
    pub files: Vec<String>,
    /// Series of Odoo; read from its sources otherwise.
    pub series: Option<Series>,
    /// The databases that are served, when nothing tells them.
    pub databases: Vec<String>,
}

const CONF_PATTERNS: [&str; 20] = [
    "/etc/odoo/*.conf",
    "/etc/odoo*.conf",
    "/etc/odoo-server.conf",
    "/etc/openerp/*.conf",
    "/etc/openerp-server.conf",
    "/opt/odoo*/*.conf",
    "/opt/odoo*/conf*/*.conf",
    "/opt/odoo*/etc/*.conf",
    "/opt/*/odoo*.conf",
    "/opt/*/conf*/odoo*.conf",
    "/srv/odoo*/*.conf",
    "/srv/*/odoo*.conf",
    "/srv/*/conf*/odoo*.conf",
    "/odoo/*.conf",
    "/odoo/conf*/*.conf",
    "/home/*/.odoorc",
    "/home/*/odoo*.conf",
    "/root/.odoorc",
    "/var/lib/odoo/.odoorc",
    "/usr/local/etc/odoo*.conf",
];

/// Where backups usually lie. Only their modes are looked at.
const BACKUP_PATTERNS: [&str; 8] = [
    "/var/backups/*",
    "/var/backups/*/*",
    "/backup*/*",
    "/backup*/*/*",
    "/opt/odoo*/*backup*/*",
    "/srv/backup*/*",
    "/home/odoo/*",
    "/var/lib/odoo/backup*/*",
];

const COMPOSE_NAMES: [&str; 4] = ["docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml"];
const COMPOSE_FOLDERS: [&str; 7] = ["", "/opt/*", "/srv/*", "/home/*", "/home/*/*", "/root", "/root/*"];

/// Looks at a host and links what belongs together.
#[must_use]
pub fn discover(host: &dyn Host, options: &Options) -> Deployment {
    let mut survey = Survey::new(host);
    let mut finder = Finder {
        survey: &mut survey,
        options,
        odoos: Vec::new(),
        units: Vec::new(),
        compose: Vec::new(),
        found: Vec::new(),
        prefix: String::new(),
        folder: String::new(),
    };
    let is_system = options.files.is_empty();
    let mut parts = if is_system { finder.system() } else { finder.files() };
    let Finder { mut odoos, units, compose, found, .. } = finder;
    for odoo in odoos.iter_mut().filter(|odoo| odoo.databases.is_empty()) {
        odoo.databases.clone_from(&options.databases);
    }
    let mut found = found;
    for front in &parts.fronts {
        found.push(Found {
            kind: "proxy",
            path: front.path.clone(),
            detail: format!("{}, {} sites", front.program.name(), front.sites.len()),
        });
    }
    for server in &parts.postgres {
        let detail = server.version.map_or_else(|| "PostgreSQL".to_owned(), |version| format!("PostgreSQL {version}"));
        found.push(Found { kind: "postgresql", path: server.folder.clone(), detail });
    }
    found.sort();
    found.dedup();
    let sites = link_sites(&parts.fronts, &odoos);
    for (path, _) in parts.fronts.iter().flat_map(|front| &front.sites).flat_map(|site| &site.tls.keys) {
        if path.starts_with('/') {
            survey.stat(path);
        }
    }
    survey.stat("/etc/crowdsec/config.yaml");
    survey.stat("/etc/logrotate.d/odoo");
    let (users, groups) = if is_system { accounts(&mut survey) } else { (Vec::new(), Vec::new()) };
    let defences = if is_system { defences::load(&mut survey) } else { std::mem::take(&mut parts.defences) };
    if is_system {
        note_what_is_missing(&mut survey, &parts, &odoos);
    }
    for (index, file) in survey.files.iter().enumerate() {
        let id = FileId(u32::try_from(index).unwrap_or(u32::MAX));
        survey.secrets.extend(secrets::find(&file.text).into_iter().map(|range| Site { file: id, range }));
    }
    let mut not_assessed = std::mem::take(&mut survey.not_assessed);
    not_assessed.sort();
    Deployment {
        facts: survey.facts().clone(),
        files: survey.files,
        attributes: survey.attributes,
        secrets: survey.secrets,
        not_assessed,
        found,
        users,
        groups,
        odoos,
        fronts: parts.fronts,
        sites,
        postgres: parts.postgres,
        units,
        compose,
        dockerfiles: parts.dockerfiles,
        defences,
        is_system,
    }
}

fn note_what_is_missing(survey: &mut Survey<'_>, parts: &Parts, odoos: &[OdooServer]) {
    let facts = survey.facts();
    let running = facts.running;
    if !running {
        defences::note_absent(
            survey,
            "processes",
            "not a running system: command lines, environment and listening ports are not known",
        );
    } else if facts
        .processes
        .iter()
        .any(|process| command::server_arguments(&process.command).is_some() && process.environment.is_empty())
    {
        survey.note(
            "processes",
            NotAssessedKind::Unreadable,
            "the environment of Odoo's process may not be read; run as root",
        );
    }
    if odoos.is_empty() {
        defences::note_absent(
            survey,
            "odoo",
            "no Odoo was found: no process, service unit, compose project or odoo.conf in the usual places",
        );
    }
    if parts.fronts.is_empty() {
        defences::note_absent(
            survey,
            "proxy",
            "no configuration of nginx, Apache, Caddy, Traefik or HAProxy was found",
        );
    }
    if parts.postgres.is_empty() {
        defences::note_absent(survey, "postgresql", "no PostgreSQL configuration was found on this host");
    }
    if survey.stat("/etc/ssh/sshd_config").is_none() {
        defences::note_absent(survey, "sshd", "no sshd_config was found");
    }
}

#[derive(Default)]
struct Parts {
    fronts: Vec<crate::proxy::Front>,
    postgres: Vec<postgres::PostgresServer>,
    dockerfiles: Vec<containers::Dockerfile>,
    defences: defences::Defences,
}

struct Finder<'f, 'h> {
    survey: &'f mut Survey<'h>,
    options: &'f Options,
    odoos: Vec<OdooServer>,
    units: Vec<Unit>,
    compose: Vec<Compose>,
    found: Vec<Found>,
    /// Where the files of the process are that is looked at.
    prefix: String,
    /// The working folder of what is looked at.
    folder: String,
}

impl Finder<'_, '_> {
    fn system(&mut self) -> Parts {
        self.unit_files();
        self.processes();
        self.compose_projects();
        for pattern in CONF_PATTERNS {
            for path in self.survey.glob(pattern) {
                self.conf(&path, None);
            }
        }
        self.link();
        let mut parts = Parts::default();
        self.dockerfiles(&mut parts);
        for path in BACKUP_PATTERNS {
            self.survey.glob(path);
        }
        for path in [
            "/etc/nginx/nginx.conf",
            "/usr/local/nginx/conf/nginx.conf",
            "/usr/local/etc/nginx/nginx.conf",
            "/opt/nginx/conf/nginx.conf",
        ] {
            parts.fronts.extend(proxies::nginx(self.survey, path));
        }
        for path in ["/etc/apache2/apache2.conf", "/etc/httpd/conf/httpd.conf"] {
            parts.fronts.extend(proxies::apache(self.survey, path));
        }
        for path in ["/etc/caddy/Caddyfile", "/etc/caddy/caddy.json", "/etc/caddy/config.json"] {
            parts.fronts.extend(proxies::caddy(self.survey, path));
        }
        let mut traefik = Vec::new();
        for folder in [
            "/etc/traefik",
            "/etc/traefik/conf.d",
            "/etc/traefik/conf",
            "/etc/traefik/dynamic",
            "/etc/traefik/dynamic_conf",
        ] {
            for end in ["yml", "yaml", "toml"] {
                traefik.extend(self.survey.glob(&format!("{folder}/*.{end}")));
            }
        }
        self.mounted_proxies(&mut parts, &mut traefik);
        parts.fronts.extend(proxies::traefik(self.survey, &traefik, &self.compose));
        let mut haproxy = self.survey.glob("/etc/haproxy/haproxy.cfg");
        haproxy.extend(self.survey.glob("/etc/haproxy/conf.d/*.cfg"));
        parts.fronts.extend(proxies::haproxy(self.survey, &haproxy));
        for pattern in [
            "/etc/postgresql/*/*",
            "/var/lib/pgsql/*/data",
            "/var/lib/pgsql/data",
            "/var/lib/postgresql/data",
            "/var/lib/postgres/data",
        ] {
            for folder in self.survey.glob(pattern) {
                parts.postgres.extend(postgres::load(self.survey, &folder));
            }
        }
        parts
    }

    /// Dockerfiles that compose projects build from.
    fn dockerfiles(&mut self, parts: &mut Parts) {
        let mut paths = Vec::new();
        for project in &self.compose {
            for build in project.services.iter().filter_map(|service| service.node.get("build")) {
                let context = build
                    .text()
                    .or_else(|| build.get("context").and_then(crate::read::tree::Node::text))
                    .unwrap_or(".");
                let file = build.get("dockerfile").and_then(crate::read::tree::Node::text).unwrap_or("Dockerfile");
                let context =
                    if context.starts_with('/') { context.to_owned() } else { format!("{}/{context}", project.folder) };
                paths.push(format!("{context}/{file}"));
            }
        }
        for path in paths {
            parts.dockerfiles.extend(containers::load_dockerfile(self.survey, &path));
        }
    }

    /// Configurations of proxies that compose projects mount into their containers.
    fn mounted_proxies(&mut self, parts: &mut Parts, traefik: &mut Vec<String>) {
        let mut mounts = Vec::new();
        for project in &self.compose {
            for service in &project.services {
                let name = service.image_name();
                for (source, target, _) in service.volumes() {
                    let source = if source.starts_with('/') {
                        source
                    } else {
                        format!("{}/{}", project.folder, source.trim_start_matches("./"))
                    };
                    mounts.push((name.clone(), source, target));
                }
            }
        }
        for (image, source, target) in mounts {
            let paths =
                if self.survey.is_folder(&source) { self.survey.glob(&format!("{source}/*")) } else { vec![source] };
            for path in paths {
                if image.contains("nginx") && target.starts_with("/etc/nginx") && path.ends_with(".conf") {
                    parts.fronts.extend(proxies::nginx(self.survey, &path));
                } else if image.contains("caddy") && path.contains("Caddyfile") {
                    parts.fronts.extend(proxies::caddy(self.survey, &path));
                } else if image == "traefik" && [".yml", ".yaml", ".toml"].iter().any(|end| path.ends_with(end)) {
                    traefik.push(path);
                } else if image.contains("haproxy") && path.ends_with(".cfg") {
                    parts.fronts.extend(proxies::haproxy(self.survey, &[path]));
                }
            }
        }
    }

    fn unit_files(&mut self) {
        let mut paths = self.survey.glob("/etc/systemd/system/*.service");
        for folder in ["/lib/systemd/system", "/usr/lib/systemd/system"] {
            for name in ["odoo", "openerp"] {
                paths.extend(self.survey.glob(&format!("{folder}/*{name}*.service")));
            }
        }
        let mut names: Vec<String> = Vec::new();
        for path in paths {
            let name = path.rsplit('/').next().unwrap_or("").to_owned();
            if names.contains(&name) {
                continue;
            }
            if let Some(unit) = units::load(self.survey, &path) {
                let mentions = name.contains("odoo") || name.contains("openerp");
                let runs = unit.command().is_some_and(|(words, _)| command::server_arguments(&words).is_some());
                if runs || (mentions && unit.command().is_some()) {
                    names.push(name);
                    self.unit(unit);
                }
            }
        }
    }

    fn unit(&mut self, unit: Unit) {
        let index = self.units.len();
        let Some((words, site)) = unit.command() else { return };
        for word in words.iter().take(2).filter(|word| word.starts_with('/')) {
            self.survey.stat(word);
        }
        self.found.push(Found { kind: "service", path: unit.path.clone(), detail: unit.name.clone() });
        let Some(at) = command::server_arguments(&words) else {
            self.units.push(unit);
            return;
        };
        let mut environment = Vec::new();
        for one in unit.all("Service", "Environment") {
            for pair in crate::read::systemd::split(&one.value.text) {
                if let Some((name, value)) = pair.split_once('=') {
                    environment.push(Given {
                        name: name.to_owned(),
                        value: value.to_owned(),
                        site: Some(one.value.site),
                    });
                }
            }
        }
        let files: Vec<String> = unit
            .all("Service", "EnvironmentFile")
            .iter()
            .map(|one| one.value.text.trim_start_matches('-').to_owned())
            .collect();
        for path in files {
            if let Some(id) = self.survey.open(&path) {
                for (site, line) in super::lines(id, self.survey.text(id)) {
                    if let Some((name, value)) = line.split_once('=') {
                        environment.push(Given {
                            name: name.trim().to_owned(),
                            value: value.trim_matches(['"', '\'']).to_owned(),
                            site: Some(site),
                        });
                    }
                }
            }
        }
        let user = unit.text("User").map(str::to_owned);
        self.folder = unit.text("WorkingDirectory").unwrap_or("").trim_start_matches('-').to_owned();
        let program = words.get(..at).unwrap_or(&[]).to_vec();
        let arguments = words.get(at..).unwrap_or(&[]).to_vec();
        let mut server = self.server(&program, &arguments, Some(site), environment, Place::Site(site));
        server.user = Some(user.unwrap_or_else(|| "root".into()));
        server.unit = Some(index);
        self.units.push(unit);
        self.add(server);
    }

    fn processes(&mut self) {
        let facts = self.survey.facts();
        for (index, process) in facts.processes.iter().enumerate() {
            let Some(at) = command::server_arguments(&process.command) else { continue };
            // Workers have the command line of their parent.
            let twin = facts
                .processes
                .iter()
                .take(index)
                .any(|other| other.command == process.command && other.uid == process.uid);
            if twin {
                continue;
            }
            let environment = process
                .environment
                .iter()
                .map(|(name, value)| Given { name: name.clone(), value: value.clone(), site: None })
                .collect();
            let shown = super::masked_command(&process.command).join(" ");
            let place = Place::Line { path: format!("/proc/{}/cmdline", process.pid), shown };
            let program = process.command.get(..at).unwrap_or(&[]).to_vec();
            let arguments = process.command.get(at..).unwrap_or(&[]).to_vec();
            self.prefix = process.prefix();
            self.folder.clone_from(&process.folder);
            let mut server = self.server(&program, &arguments, None, environment, place);
            server.prefix = std::mem::take(&mut self.prefix);
            server.contained = process.in_container();
            server.process = Some(index);
            let unit = process.unit().and_then(|name| self.units.iter().position(|unit| unit.name == name));
            server.unit = unit;
            self.found.push(Found {
                kind: "process",
                path: format!("/proc/{}", process.pid),
                detail: format!("Odoo, user {}", process.uid),
            });
            // What runs says more than what the unit would start.
            if let Some(known) = self
                .odoos
                .iter_mut()
                .find(|known| known.unit.is_some() && known.unit == unit && known.process.is_none())
            {
                known.process = Some(index);
                if !server.environment.is_empty() {
                    known.environment.extend(server.environment);
                }
                continue;
            }
            self.add(server);
        }
    }

    /// A server from its command line and environment.
    fn server(
        &mut self,
        program: &[String],
        arguments: &[String],
        site: Option<Site>,
        environment: Vec<Given>,
        place: Place,
    ) -> OdooServer {
        let assumed = self.options.series.unwrap_or(Series::ASSUMED);
        let parsed = command::parse(arguments, assumed);
        let variable =
            |name: &str| environment.iter().find(|given| given.name == name).map(|given| given.value.clone());
        let from_command = parsed.iter().find(|argument| argument.option == "config");
        let named = from_command
            .map(|argument| argument.value.clone())
            .or_else(|| variable("ODOO_RC"))
            .or_else(|| variable("OPENERP_SERVER"));
        // A home folder has a file or not; a file that is named is there.
        let is_named = named.is_some();
        let home = variable("HOME").map(|home| format!("{home}/.odoorc"));
        let prefix = self.prefix.clone();
        let conf_path = named.or(home).map(|path| {
            let path = if path.starts_with('/') { path } else { format!("{}/{path}", self.folder) };
            format!("{prefix}{path}")
        });
        let conf = conf_path.as_deref().and_then(|path| self.read_conf(path));
        let conf_unread = is_named && conf.is_none();
        if let Some(path) = conf_path.filter(|_| conf_unread) {
            let reason = "named as Odoo's configuration and not read: its options are not judged";
            self.survey.note(&path, NotAssessedKind::Unreadable, reason);
        }
        let mut paths: Vec<String> = program
            .iter()
            .filter(|word| word.starts_with('/'))
            .filter_map(|word| word.rsplit_once('/').map(|(folder, _)| folder.to_owned()))
            .collect();
        paths.extend(addons_of(conf.as_ref().map(|(_, ini)| ini)));
        if program.iter().any(|word| word == "/usr/bin/odoo" || word == "odoo") {
            paths.push("/usr/lib/python3/dist-packages/odoo".into());
        }
        for path in &mut paths {
            path.insert_str(0, &prefix);
        }
        let read = self.options.series.or_else(|| series_of_paths(self.survey, &paths)).or_else(|| {
            let conf_path = conf.as_ref().map(|(id, _)| self.survey.path(*id).to_owned());
            program.iter().cloned().chain(conf_path).find_map(|path| series_in_name(&path))
        });
        let series = read.unwrap_or(assumed);
        let command = command::parse(arguments, series).into_iter().map(|argument| (argument, site)).collect();
        OdooServer {
            conf,
            environment,
            command,
            series,
            series_known: read.is_some(),
            user: None,
            process: None,
            unit: None,
            conf_unread,
            contained: false,
            container: None,
            place,
            databases: Vec::new(),
            prefix: String::new(),
            master: std::sync::OnceLock::new(),
        }
    }

    fn read_conf(&mut self, path: &str) -> Option<(FileId, Ini)> {
        let id = self.survey.open(path)?;
        let ini = Ini::parse(id, self.survey.text(id), &[]);
        for entry in ini.entries("options") {
            let named = crate::odoo::options::find(&entry.key.text).is_some_and(|option| option.secret);
            let looks =
                ["password", "passwd", "secret", "token", "api_key"].iter().any(|word| entry.key.text.contains(word));
            if (named || looks) && !matches!(entry.value.text.as_str(), "" | "False" | "false" | "None") {
                self.survey.secrets.push(entry.value.site);
            }
        }
        Some((id, ini))
    }

    fn compose_projects(&mut self) {
        let mut paths = Vec::new();
        for folder in COMPOSE_FOLDERS {
            for name in COMPOSE_NAMES {
                paths.extend(self.survey.glob(&format!("{folder}/{name}")));
            }
        }
        for path in paths {
            self.compose_file(&path);
        }
    }

    fn compose_file(&mut self, path: &str) {
        let Some(compose) = containers::load(self.survey, path) else { return };
        let relevant = compose.services.iter().any(containers::Service::is_odoo);
        if !relevant && self.options.files.is_empty() {
            return;
        }
        self.found.push(Found {
            kind: "compose",
            path: path.to_owned(),
            detail: format!("{} services", compose.services.len()),
        });
        let project = self.compose.len();
        let mut servers = Vec::new();
        for (index, service) in compose.services.iter().enumerate().filter(|(_, service)| service.is_odoo()) {
            let environment: Vec<Given> = service
                .environment
                .iter()
                .map(|(name, value)| Given {
                    name: name.text.clone(),
                    value: value.text.clone(),
                    site: Some(value.site),
                })
                .collect();
            let (words, site) =
                service.command().map_or((Vec::new(), service.name.site), |(words, word)| (words, word.site));
            let skip = usize::from(words.first().is_some_and(|word| !word.starts_with('-')));
            let arguments = words.get(skip..).unwrap_or(&[]).to_vec();
            let tag = service.tag().as_deref().and_then(series_of);
            let mounted = service.volumes().into_iter().find_map(|(source, target, _)| {
                let source = if source.starts_with('/') {
                    source
                } else {
                    format!("{}/{}", compose.folder, source.trim_start_matches("./"))
                };
                match target.trim_end_matches('/') {
                    "/etc/odoo" => Some(format!("{source}/odoo.conf")),
                    "/etc/odoo/odoo.conf" => Some(source),
                    _ => None,
                }
            });
            servers.push((index, arguments, site, environment, tag, mounted, service.name.site));
        }
        self.compose.push(compose);
        for (index, arguments, site, environment, tag, mounted, name_site) in servers {
            // A path of the container is no path of this host.
            self.prefix = format!("/container/{}", name_site.range.start);
            let notes = self.survey.not_assessed.len();
            let mut server = self.server(&[], &arguments, Some(site), environment, Place::Site(name_site));
            self.survey.not_assessed.truncate(notes);
            self.prefix.clear();
            if let Some(path) = mounted {
                server.conf = self.read_conf(&path);
                server.conf_unread = server.conf.is_none();
                if server.conf_unread {
                    let reason = "mounted as Odoo's configuration and not there: its options are not judged";
                    self.survey.note(&path, NotAssessedKind::Unreadable, reason);
                }
            }
            if let Some(series) = tag {
                server.series_known = true;
                server.series = self.options.series.unwrap_or(series);
            }
            server.container = Some((project, index));
            self.add(server);
        }
    }

    /// A configuration file that nothing else points at.
    fn conf(&mut self, path: &str, file: Option<FileId>) {
        if file.is_none()
            && self.odoos.iter().any(|odoo| odoo.conf.as_ref().is_some_and(|(id, _)| self.survey.path(*id) == path))
        {
            return;
        }
        let Some((id, ini)) = self.read_conf(path) else { return };
        if ini.section("options").is_none() {
            return;
        }
        let series = self
            .options
            .series
            .or_else(|| series_of_paths(self.survey, &addons_of(Some(&ini))))
            .or_else(|| series_of_paths(self.survey, &["/usr/lib/python3/dist-packages/odoo".to_owned()]))
            .or_else(|| series_in_name(path));
        let site = ini.section("options").map_or(Site::new(id, 0, 0), |section| section.name.site);
        self.add(OdooServer {
            conf: Some((id, ini)),
            environment: Vec::new(),
            command: Vec::new(),
            series: series.unwrap_or(Series::ASSUMED),
            series_known: series.is_some(),
            user: None,
            process: None,
            unit: None,
            conf_unread: false,
            contained: false,
            container: None,
            place: Place::Site(site),
            databases: Vec::new(),
            prefix: String::new(),
            master: std::sync::OnceLock::new(),
        });
    }

    fn add(&mut self, server: OdooServer) {
        if let Some((id, _)) = &server.conf {
            let path = self.survey.path(*id).to_owned();
            let known = if server.series_known {
                format!("Odoo {}", server.series)
            } else {
                format!("Odoo, read as {}", server.series)
            };
            self.found.push(Found { kind: "odoo", path, detail: known });
        }
        self.odoos.push(server);
    }

    /// Looks at the paths that a server names.
    fn link(&mut self) {
        for index in 0..self.odoos.len() {
            let Some(server) = self.odoos.get(index).filter(|server| server.prefix.is_empty()) else { continue };
            let addons = server.setting("addons_path").value.list();
            let data = server.setting("data_dir").value.text();
            let log = server.setting("logfile").value.text();
            let conf = server.conf.as_ref().map(|(id, _)| self.survey.path(*id).to_owned());
            for name in ["geoip_city_db", "geoip_country_db", "geoip_database"] {
                let path = server.setting(name).value.text();
                if path.starts_with('/') {
                    self.survey.stat(&path);
                }
            }
            for path in addons.iter().chain([&data, &log]).chain(conf.iter()).filter(|path| path.starts_with('/')) {
                self.survey.stat(path);
                if let Some((folder, _)) = path.rsplit_once('/') {
                    self.survey.stat(folder);
                }
            }
            for path in &addons {
                if path.starts_with('/') {
                    for module in self.survey.list(path).into_iter().take(300) {
                        self.survey.stat(&format!("{path}/{module}"));
                    }
                }
            }
            if data.starts_with('/') {
                self.survey.stat(&format!("{data}/sessions"));
                let databases = self.survey.list(&format!("{data}/filestore"));
                for name in &databases {
                    self.survey.stat(&format!("{data}/filestore/{name}"));
                }
                if let Some(server) = self.odoos.get_mut(index) {
                    server.databases = databases;
                }
            }
        }
    }

    /// Files that were named: told apart by name and content.
    fn files(&mut self) -> Parts {
        let mut parts = Parts::default();
        let mut haproxy = Vec::new();
        let mut traefik = Vec::new();
        for path in &self.options.files.clone() {
            let Some(id) = self.survey.open(path) else {
                self.survey.note(path, NotAssessedKind::Unreadable, "not there");
                continue;
            };
            match kind_of(path, self.survey.text(id)) {
                Some(FileKind::Odoo) => self.conf(path, Some(id)),
                Some(FileKind::Nginx) => parts.fronts.extend(proxies::nginx(self.survey, path)),
                Some(FileKind::Apache) => parts.fronts.extend(proxies::apache(self.survey, path)),
                Some(FileKind::Caddy) => parts.fronts.extend(proxies::caddy(self.survey, path)),
                Some(FileKind::Traefik) => traefik.push(path.clone()),
                Some(FileKind::Haproxy) => haproxy.push(path.clone()),
                Some(FileKind::PgHba) => parts.postgres.extend(postgres::load_hba(self.survey, path)),
                Some(FileKind::Postgresql) => {
                    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
                    parts.postgres.extend(postgres::load(self.survey, &folder));
                }
                Some(FileKind::Unit) => {
                    if let Some(unit) = units::load(self.survey, path) {
                        self.unit(unit);
                    }
                }
                Some(FileKind::Compose) => self.compose_file(path),
                Some(FileKind::Dockerfile) => parts.dockerfiles.extend(containers::load_dockerfile(self.survey, path)),
                Some(FileKind::Sshd) => parts.defences.sshd = defences::load_sshd(self.survey, path),
                None => self.survey.note(path, NotAssessedKind::Unreadable, "no configuration that Castellan knows"),
            }
        }
        self.link();
        parts.fronts.extend(proxies::traefik(self.survey, &traefik, &self.compose));
        parts.fronts.extend(proxies::haproxy(self.survey, &haproxy));
        parts
    }
}

fn addons_of(ini: Option<&Ini>) -> Vec<String> {
    let entry = ini.and_then(|ini| ini.get("options", "addons_path"));
    entry.map_or(Vec::new(), |entry| entry.value.text.split(',').map(|path| path.trim().to_owned()).collect())
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// `odoo.conf`
    Odoo,
    /// nginx
    Nginx,
    /// Apache
    Apache,
    /// Caddyfile or Caddy's JSON
    Caddy,
    /// Traefik
    Traefik,
    /// HAProxy
    Haproxy,
    /// `pg_hba.conf`
    PgHba,
    /// `postgresql.conf`
    Postgresql,
    /// systemd
    Unit,
    /// compose
    Compose,
    /// Dockerfile
    Dockerfile,
    /// sshd
    Sshd,
}

/// Tells what a file is from its name and content; `None` for anything else.
#[must_use]
pub fn kind_of(path: &str, text: &str) -> Option<FileKind> {
    let name = path.rsplit('/').next().unwrap_or(path);
    let lower = name.to_lowercase();
    let has_line = |test: &dyn Fn(&str) -> bool| text.lines().map(str::trim).any(test);
    if lower == "pg_hba.conf" {
        return Some(FileKind::PgHba);
    }
    if lower == "postgresql.conf" || lower == "postgresql.auto.conf" {
        return Some(FileKind::Postgresql);
    }
    if lower == "sshd_config" {
        return Some(FileKind::Sshd);
    }
    if lower == "dockerfile"
        || lower.starts_with("dockerfile.")
        || lower.ends_with(".dockerfile")
        || lower == "containerfile"
    {
        return Some(FileKind::Dockerfile);
    }
    if lower.starts_with("caddyfile")
        || lower.ends_with(".caddyfile")
        || (lower.ends_with(".json") && text.contains("\"apps\"") && text.contains("\"http\""))
    {
        return Some(FileKind::Caddy);
    }
    if lower.ends_with(".service") {
        return Some(FileKind::Unit);
    }
    if lower.ends_with(".yml") || lower.ends_with(".yaml") || lower.ends_with(".toml") {
        if has_line(&|line| line.starts_with("services:")) && !has_line(&|line| line.starts_with("routers:")) {
            return Some(FileKind::Compose);
        }
        let traefik = has_line(&|line| {
            line.starts_with("entryPoints")
                || line.starts_with("[entryPoints")
                || line.starts_with("routers:")
                || line.starts_with("[http.routers")
        });
        return traefik.then_some(FileKind::Traefik);
    }
    if has_line(&|line| line == "[options]") {
        return Some(FileKind::Odoo);
    }
    if has_line(&|line| line.to_lowercase().starts_with("<virtualhost")) {
        return Some(FileKind::Apache);
    }
    let first =
        |words: &[&str]| has_line(&|line| words.iter().any(|word| line.split_whitespace().next() == Some(word)));
    if lower.ends_with(".cfg") && first(&["frontend", "backend", "listen"]) {
        return Some(FileKind::Haproxy);
    }
    let opens =
        |word: &str| has_line(&|line| line.strip_prefix(word).is_some_and(|rest| rest.trim_start().starts_with('{')));
    if opens("server") || opens("http") {
        return Some(FileKind::Nginx);
    }
    if first(&["frontend", "listen"]) && first(&["bind"]) {
        return Some(FileKind::Haproxy);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::snapshot::Snapshot;
    use crate::host::{Facts, Process};

    #[test]
    fn files_are_told_apart() {
        assert_eq!(kind_of("/x/odoo.conf", "; c\n[options]\n"), Some(FileKind::Odoo));
        assert_eq!(kind_of("/x/erp.conf", "server {\n}\n"), Some(FileKind::Nginx));
        assert_eq!(kind_of("/x/erp.conf", "<VirtualHost *:80>\n"), Some(FileKind::Apache));
        assert_eq!(kind_of("/x/a.yml", "services:\n  web:\n"), Some(FileKind::Compose));
        assert_eq!(kind_of("/x/a.yml", "http:\n  routers:\n"), Some(FileKind::Traefik));
        assert_eq!(kind_of("/x/h.cfg", "frontend a\n"), Some(FileKind::Haproxy));
        assert_eq!(kind_of("/x/view.xml", "<odoo/>"), None);
    }

    #[test]
    fn everything_is_followed_from_the_process() {
        let mut host = Snapshot::new(Facts {
            running: true,
            processes: vec![Process {
                pid: 42,
                uid: 1000,
                command: ["/usr/bin/python3", "/usr/bin/odoo", "-c", "/data/erp.conf", "--workers=4"]
                    .map(str::to_owned)
                    .to_vec(),
                environment: vec![("PGHOST".into(), "db".into())],
                ..Process::default()
            }],
            ..Facts::default()
        });
        host.put(
            "/data/erp.conf",
            "[options]\naddons_path = /data/addons\ndata_dir = /data/files\nhttp_port = 9069\n",
            None,
        );
        host.put("/data/addons/sale_x/__manifest__.py", "{}", None);
        host.put("/data/files/filestore/prod/ab/cd", "", None);
        host.put(
            "/usr/lib/python3/dist-packages/odoo/release.py",
            "# version_info format: (MAJOR, MINOR)\nversion_info = (18, 0, 0, FINAL, 0, '')\n",
            None,
        );
        host.put("/etc/nginx/nginx.conf", "http { include sites/*; }", None);
        host.put("/etc/nginx/sites/erp", "upstream up { server 127.0.0.1:9069; }\nserver { listen 80; server_name erp.example.com; location / { proxy_pass http://up; } }", None);
        let deployment = discover(&host, &Options::default());
        assert_eq!(deployment.odoos.len(), 1);
        let odoo = &deployment.odoos[0];
        assert_eq!((odoo.series.major(), odoo.series_known), (18, true));
        assert_eq!(odoo.databases, ["prod"]);
        assert_eq!(odoo.setting("workers").value.number(), Some(4.0));
        assert!(deployment.attributes("/data/addons/sale_x").is_some());
        assert_eq!(deployment.sites.len(), 1);
        assert_eq!(deployment.sites[0].odoo, Some(0));
        assert!(deployment.not_assessed.iter().any(|note| note.path == "postgresql"));
    }

    #[test]
    fn a_configuration_that_is_named_and_cannot_be_read_is_not_judged() {
        let unit = "[Service]\nUser=odoo\nExecStart=/usr/bin/odoo -c /etc/odoo/odoo.conf\n";
        let compose = "services:\n  web:\n    image: odoo:17.0\n    volumes: ['./config:/etc/odoo']\n";
        let mut host = Snapshot::new(Facts::default());
        host.put("/etc/systemd/system/odoo.service", unit, None);
        host.put("/srv/erp/docker-compose.yml", compose, None);
        host.denied.insert("/etc/odoo/odoo.conf".into(), "permission denied".into());
        let scan = crate::scan::scan(&host, &crate::scan::ScanOptions::default());
        let options: Vec<_> = scan
            .findings
            .iter()
            .filter(|finding| finding.code.starts_with("ODO") && finding.rule != "odoo-websocket-origin")
            .collect();
        assert!(options.is_empty(), "{options:?}");
        let noted = |path: &str| scan.not_assessed.iter().any(|note| note.path == path);
        assert!(noted("/etc/odoo/odoo.conf") && noted("/srv/erp/config/odoo.conf"));
    }
}
