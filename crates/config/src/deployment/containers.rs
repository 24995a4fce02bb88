//! Compose projects and Dockerfiles.
//!
//! Source: Compose Specification (services, interpolation, override files, profiles).

use castellan_model::NotAssessedKind;

use crate::host::survey::Survey;
use crate::read::dockerfile::{self, Instruction};
use crate::read::tree::{self, Node, Value};
use crate::source::{FileId, Word};

/// A compose project.
#[derive(Debug)]
pub struct Compose {
    /// The main file.
    pub file: FileId,
    /// Folder of the project.
    pub folder: String,
    /// Services.
    pub services: Vec<Service>,
    /// The whole tree, override file merged in.
    pub root: Node,
}

/// A service of a compose project.
#[derive(Debug)]
pub struct Service {
    /// Name.
    pub name: Word,
    /// Its settings, variables replaced.
    pub node: Node,
    /// Environment, of `environment` and of env files.
    pub environment: Vec<(Word, Word)>,
}

/// A published port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Address on the host; empty for all.
    pub address: String,
    /// Port on the host; `None` for any.
    pub host: Option<u16>,
    /// Port in the container.
    pub container: u16,
    /// As written.
    pub word: Word,
}

impl Published {
    /// Only this machine reaches it.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.address == "localhost"
            || self.address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl Service {
    /// The image.
    #[must_use]
    pub fn image(&self) -> Option<Word> {
        self.node.get("image").and_then(Node::word)
    }

    /// Last part of the image's name, without tag: `odoo`, `postgres`.
    #[must_use]
    pub fn image_name(&self) -> String {
        let image = self.image().map(|word| word.text).unwrap_or_default();
        let last = image.rsplit('/').next().unwrap_or("").to_owned();
        last.split([':', '@']).next().unwrap_or("").to_lowercase()
    }

    /// The tag of the image: `17.0`.
    #[must_use]
    pub fn tag(&self) -> Option<String> {
        let image = self.image()?.text;
        let last = image.rsplit('/').next()?.to_owned();
        let plain = last.split('@').next()?.to_owned();
        plain.split_once(':').map(|(_, tag)| tag.to_owned())
    }

    /// It runs Odoo.
    #[must_use]
    pub fn is_odoo(&self) -> bool {
        let name = self.image_name();
        let by_image =
            name.contains("odoo") && !name.contains("postgres") && !name.contains("nginx") && !name.contains("backup");
        let built = self.node.get("build").is_some()
            && self.name.text.to_lowercase().contains("odoo")
            && self.image().is_none();
        let mounts =
            self.volumes().iter().any(|(_, target, _)| target.starts_with("/etc/odoo") || target == "/var/lib/odoo");
        by_image || built || (mounts && !name.contains("postgres"))
    }

    /// It runs PostgreSQL.
    #[must_use]
    pub fn is_postgres(&self) -> bool {
        let name = self.image_name();
        name.contains("postgres") || name.contains("postgis") || name.contains("pgvector") || name.contains("timescale")
    }

    /// Published ports.
    #[must_use]
    pub fn ports(&self) -> Vec<Published> {
        let mut found = Vec::new();
        for node in self.node.get("ports").map(Node::items).unwrap_or_default() {
            if let Some(word) = node.word() {
                found.extend(short_port(&word));
            } else if let Some(target) = node.get("target").and_then(Node::text).and_then(|text| text.parse().ok()) {
                let text = |key: &str| node.get(key).and_then(Node::text).unwrap_or_default().to_owned();
                found.push(Published {
                    address: text("host_ip"),
                    host: text("published").parse().ok(),
                    container: target,
                    word: Word { text: format!("{}:{target}", text("published")), site: node.site },
                });
            }
        }
        found
    }

    /// Volumes: source, target, place.
    #[must_use]
    pub fn volumes(&self) -> Vec<(String, String, Word)> {
        self.node
            .get("volumes")
            .map(Node::items)
            .unwrap_or_default()
            .iter()
            .filter_map(|node| match node.word() {
                Some(word) => {
                    let mut parts = word.text.split(':');
                    let source = parts.next()?.to_owned();
                    let target = parts.next().map_or_else(|| source.clone(), str::to_owned);
                    Some((source, target, word))
                }
                None => {
                    let source = node.get("source").and_then(Node::text).unwrap_or_default().to_owned();
                    let target = node.get("target").and_then(Node::text)?.to_owned();
                    Some((source, target.clone(), Word { text: target, site: node.site }))
                }
            })
            .collect()
    }

    /// The command, split into words, with its place.
    #[must_use]
    pub fn command(&self) -> Option<(Vec<String>, Word)> {
        let node = self.node.get("command")?;
        match node.word() {
            Some(word) => Some((crate::read::systemd::split(&word.text), word)),
            None => {
                let words: Vec<String> = node.words().into_iter().map(|word| word.text).collect();
                (!words.is_empty()).then(|| (words.clone(), Word { text: words.join(" "), site: node.site }))
            }
        }
    }

    /// Networks that it is on; empty is the project's default network.
    #[must_use]
    pub fn networks(&self) -> Vec<String> {
        match self.node.get("networks") {
            Some(node) if !node.entries().is_empty() => {
                node.entries().iter().map(|(key, _)| key.text.clone()).collect()
            }
            Some(node) => node.words().into_iter().map(|word| word.text).collect(),
            None => Vec::new(),
        }
    }

    /// Labels, from a map or a list.
    #[must_use]
    pub fn labels(&self) -> Vec<(Word, Word)> {
        self.node.get("labels").map(pairs).unwrap_or_default()
    }

    /// It is started only when its profile is asked for.
    #[must_use]
    pub fn has_profile(&self) -> bool {
        self.node.get("profiles").is_some_and(|node| !node.items().is_empty())
    }
}

/// `8069:8069`, `127.0.0.1:8069:8069/tcp`, `8069`, `[::]:80:80`, `8000-8010:8000-8010`.
fn short_port(word: &Word) -> Vec<Published> {
    let text = word.text.split('/').next().unwrap_or("");
    let (rest, container) = text.rsplit_once(':').unwrap_or(("", text));
    let (address, host) = match rest.rsplit_once(':') {
        Some((address, host)) => (address.trim_matches(['[', ']']).to_owned(), host),
        None if rest.contains('.') => (rest.to_owned(), ""),
        None => (String::new(), rest),
    };
    let range = |text: &str| -> Option<(u16, u16)> {
        match text.split_once('-') {
            Some((first, last)) => Some((first.parse().ok()?, last.parse().ok()?)),
            None => {
                let port = text.parse().ok()?;
                Some((port, port))
            }
        }
    };
    let Some((first, last)) = range(container) else { return Vec::new() };
    let host_first = range(host).map(|(first, _)| first);
    (first..=last.max(first))
        .take(100)
        .enumerate()
        .map(|(offset, container)| Published {
            address: address.clone(),
            host: host_first.and_then(|host| host.checked_add(u16::try_from(offset).ok()?)),
            container,
            word: word.clone(),
        })
        .collect()
}

/// A map or a list of `key=value`.
fn pairs(node: &Node) -> Vec<(Word, Word)> {
    let empty = |site| Word { text: String::new(), site };
    let from_map =
        node.entries().iter().map(|(key, value)| (key.clone(), value.word().unwrap_or_else(|| empty(value.site))));
    let from_list = node.items().iter().filter_map(Node::word).map(|word| {
        let (key, value) = word.text.split_once('=').unwrap_or((&word.text, ""));
        (Word { text: key.to_owned(), site: word.site }, Word { text: value.to_owned(), site: word.site })
    });
    from_map.chain(from_list).collect()
}

/// Reads a compose file with `.env`, env files and its override file.
pub(super) fn load(survey: &mut Survey<'_>, path: &str) -> Option<Compose> {
    let file = survey.open(path)?;
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let variables = survey.open(&format!("{folder}/.env")).map(|id| env_file(id, survey.text(id))).unwrap_or_default();
    let mut root = parse(survey, file)?;
    root.get("services")?;
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    for end in ["yml", "yaml"] {
        let over = format!("{stem}.override.{end}");
        if let Some(other) = survey.open(&over).and_then(|id| parse(survey, id)) {
            merge(&mut root, other);
            break;
        }
    }
    interpolate(&mut root, &variables);
    let mut services = Vec::new();
    for (name, node) in root.get("services").map(Node::entries).unwrap_or_default() {
        let mut node = node.clone();
        // `extends` of a service in the same file.
        let base = node
            .get("extends")
            .and_then(|extends| extends.text().or_else(|| extends.get("service").and_then(Node::text)));
        if let Some(base) = base.and_then(|base| root.at(&["services", base])) {
            let mut whole = base.clone();
            merge(&mut whole, node);
            node = whole;
        }
        let mut environment = Vec::new();
        for env in node.get("env_file").map(env_paths).unwrap_or_default() {
            let path = if env.starts_with('/') { env } else { format!("{folder}/{env}") };
            match survey.open(&path) {
                Some(id) => environment.extend(env_file(id, survey.text(id))),
                None => survey.note(&path, NotAssessedKind::Unreadable, "an env file that is not there"),
            }
        }
        environment.extend(node.get("environment").map(pairs).unwrap_or_default());
        services.push(Service { name: name.clone(), node, environment });
    }
    for service in &services {
        for (key, value) in &service.environment {
            let name = key.text.to_uppercase();
            let secret = ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY"].iter().any(|word| name.contains(word));
            if secret && !name.ends_with("_FILE") && !value.text.is_empty() && !value.text.starts_with('/') {
                let text = survey.files.get(value.site.file.0 as usize).map_or("", |file| file.slice(value.site.range));
                // A list entry holds the name too: only what stands behind it is secret.
                let offset = text.find('=').filter(|_| key.site == value.site).map_or(0, |at| at + 1);
                let mut site = value.site;
                site.range.start += u32::try_from(offset).unwrap_or(0);
                survey.secrets.push(site);
            }
        }
    }
    Some(Compose { file, folder, services, root })
}

fn env_paths(node: &Node) -> Vec<String> {
    let mut paths: Vec<String> = node.words().into_iter().map(|word| word.text).collect();
    paths.extend(node.items().iter().filter_map(|item| item.get("path").and_then(Node::text).map(str::to_owned)));
    paths
}

fn parse(survey: &mut Survey<'_>, file: FileId) -> Option<Node> {
    let (root, problems) = tree::yaml(file, survey.text(file));
    for problem in problems {
        survey.problem(file, &problem);
    }
    root
}

/// `KEY=value` lines.
fn env_file(file: FileId, text: &str) -> Vec<(Word, Word)> {
    super::lines(file, text)
        .into_iter()
        .filter_map(|(site, line)| {
            let body = line.strip_prefix("export ").unwrap_or(&line);
            let skipped = line.len() - body.len();
            let (key, value) = body.split_once('=')?;
            let start = site.range.start as usize + skipped;
            let value_start = start + key.len() + 1;
            let key_word =
                Word { text: key.trim().to_owned(), site: crate::source::Site::new(file, start, start + key.len()) };
            let value_site = crate::source::Site::new(file, value_start, value_start + value.len());
            Some((key_word, Word { text: value.trim().trim_matches(['"', '\'']).to_owned(), site: value_site }))
        })
        .collect()
}

/// Maps merge, lists add up, everything else is replaced.
fn merge(base: &mut Node, other: Node) {
    match (&mut base.value, other.value) {
        (Value::Map(entries), Value::Map(more)) => {
            for (key, value) in more {
                match entries.iter_mut().find(|(own, _)| own.text == key.text) {
                    Some((_, own)) => merge(own, value),
                    None => entries.push((key, value)),
                }
            }
        }
        (Value::List(items), Value::List(more)) => items.extend(more),
        (value, other_value) => {
            *value = other_value;
            base.site = other.site;
        }
    }
}

/// Replaces `${NAME}`, `${NAME:-default}`, `$NAME` in every scalar.
fn interpolate(node: &mut Node, variables: &[(Word, Word)]) {
    match &mut node.value {
        Value::Map(entries) => entries.iter_mut().for_each(|(_, node)| interpolate(node, variables)),
        Value::List(items) => items.iter_mut().for_each(|node| interpolate(node, variables)),
        Value::Scalar(text) if text.contains('$') => *text = expand(text, variables),
        _ => {}
    }
}

fn expand(text: &str, variables: &[(Word, Word)]) -> String {
    let find = |name: &str| variables.iter().rfind(|(key, _)| key.text == name).map(|(_, value)| value.text.clone());
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(rest.get(..at).unwrap_or(""));
        rest = rest.get(at + 1..).unwrap_or("");
        if let Some(after) = rest.strip_prefix('$') {
            out.push('$');
            rest = after;
        } else if let Some(inner) = rest.strip_prefix('{') {
            let (body, after) = inner.split_once('}').unwrap_or((inner, ""));
            rest = after;
            let end = body.find([':', '-', '?', '+']).unwrap_or(body.len());
            let (name, operator) = body.split_at(end);
            let default = operator.trim_start_matches(':').strip_prefix('-');
            out.push_str(&find(name).or_else(|| default.map(str::to_owned)).unwrap_or_default());
        } else {
            let end = rest.find(|char: char| !char.is_ascii_alphanumeric() && char != '_').unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            out.push_str(&find(name).unwrap_or_default());
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// A Dockerfile.
#[derive(Debug)]
pub struct Dockerfile {
    /// The file.
    pub file: FileId,
    /// Instructions.
    pub instructions: Vec<Instruction>,
}

impl Dockerfile {
    /// The instructions of the stage that is built: the last one.
    pub fn final_stage(&self) -> impl Iterator<Item = &Instruction> {
        let last = self.instructions.iter().map(|one| one.stage).max().unwrap_or(0);
        self.instructions.iter().filter(move |one| one.stage == last)
    }

    /// Images that stages start from, names of earlier stages left out.
    #[must_use]
    pub fn bases(&self) -> Vec<&Instruction> {
        let stages: Vec<String> = self
            .instructions
            .iter()
            .filter(|one| one.name.text == "FROM")
            .filter_map(|one| {
                let words: Vec<&str> = one.arguments.text.split_whitespace().collect();
                let at = words.iter().position(|word| word.eq_ignore_ascii_case("as"))?;
                words.get(at + 1).map(|word| word.to_lowercase())
            })
            .collect();
        self.instructions
            .iter()
            .filter(|one| one.name.text == "FROM")
            .filter(|one| !stages.contains(&image_of(one).to_lowercase()))
            .collect()
    }
}

/// The image of a `FROM`, flags left out.
#[must_use]
pub fn image_of(from: &Instruction) -> String {
    from.arguments.text.split_whitespace().find(|word| !word.starts_with("--")).unwrap_or("").to_owned()
}

/// Reads a Dockerfile.
pub(super) fn load_dockerfile(survey: &mut Survey<'_>, path: &str) -> Option<Dockerfile> {
    let file = survey.open(path)?;
    let instructions = dockerfile::parse(file, survey.text(file));
    instructions.iter().any(|one| one.name.text == "FROM").then_some(Dockerfile { file, instructions })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::Facts;
    use crate::host::snapshot::Snapshot;
    use crate::source::Site;

    #[test]
    fn ports_in_every_form() {
        let port = |text: &str| {
            let word = Word { text: text.into(), site: Site::new(FileId(0), 0, 0) };
            short_port(&word).into_iter().map(|one| (one.address, one.host, one.container)).collect::<Vec<_>>()
        };
        assert_eq!(port("8069:8069"), [(String::new(), Some(8069), 8069)]);
        assert_eq!(port("127.0.0.1:9000:8069/tcp"), [("127.0.0.1".into(), Some(9000), 8069)]);
        assert_eq!(port("[::1]:80:8069"), [("::1".into(), Some(80), 8069)]);
        assert_eq!(port("8069"), [(String::new(), None, 8069)]);
        assert_eq!(port("9000-9001:8000-8001").len(), 2);
        assert!(port("x:y").is_empty());
    }

    #[test]
    fn variables_env_files_and_overrides() {
        let mut host = Snapshot::new(Facts::default());
        host.put("/srv/erp/.env", "TAG=17.0\nPW=s3cret\n", None);
        host.put("/srv/erp/db.env", "POSTGRES_PASSWORD=odoo\n", None);
        host.put(
            "/srv/erp/docker-compose.yml",
            "services:\n  web:\n    image: odoo:${TAG}\n    environment:\n      - PASSWORD=${PW:-x}\n  db:\n    image: postgres:${PG:-15}\n    env_file: [db.env]\n",
            None,
        );
        host.put("/srv/erp/docker-compose.override.yml", "services:\n  web:\n    ports: ['8069:8069']\n", None);
        let mut survey = Survey::new(&host);
        let compose = load(&mut survey, "/srv/erp/docker-compose.yml").unwrap();
        let web = &compose.services[0];
        assert!(web.is_odoo() && web.tag().as_deref() == Some("17.0"));
        assert_eq!(web.environment[0].1.text, "s3cret");
        assert_eq!(web.ports()[0].host, Some(8069));
        let db = &compose.services[1];
        assert!(db.is_postgres() && !db.is_odoo());
        assert_eq!(db.environment[0].1.text, "odoo");
        assert_eq!(survey.secrets.len(), 2);
    }
}
