//! What a scan looks at: code, hosts, single files of configuration, told apart by what is there.

use std::path::{Path, PathBuf};

use castellan_config::deployment::Options;
use castellan_config::host::live::{BUNDLE_FILE, Live, open_root};
use castellan_config::host::{Host, Role};
use castellan_model::Series;
use ignore::WalkBuilder;
use url::Url;

/// Files that a folder of configuration holds at most; what is larger is no configuration.
const MAX_CONFIG: u64 = 1024 * 1024;
/// How deep configuration is looked for below a folder.
const MAX_DEPTH: usize = 8;

/// What a scan looks at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Targets {
    /// Folders, files and archives with code.
    pub code: Vec<PathBuf>,
    /// Hosts and files of configuration.
    pub hosts: Vec<HostTarget>,
    /// Sites, looked at from outside.
    pub sites: Vec<Url>,
}

/// A host or files of configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostTarget {
    /// The system that Castellan runs on, with the roles of its database when they were asked for.
    Running(Vec<Role>),
    /// A mounted image or a collected bundle.
    Root(PathBuf),
    /// Files of configuration in a folder: paths relative to it, beginning with `/`.
    Folder {
        /// The folder.
        root: PathBuf,
        /// The files.
        files: Vec<String>,
    },
    /// Files of this system, judged together; what they include is read too.
    Files(Vec<PathBuf>),
}

/// How to look at a host.
pub struct Look {
    /// The host.
    pub host: Box<dyn Host>,
    /// What to look at.
    pub options: Options,
    /// Paths are relative to a folder: the leading slash is left out of reports.
    pub relative: bool,
}

impl Targets {
    /// Tells targets apart. Without any, the running system is looked at.
    ///
    /// # Errors
    ///
    /// What is wrong with the URL of a site.
    pub fn of(paths: &[PathBuf], root: Option<&Path>) -> Result<Self, String> {
        let mut targets = Self::default();
        if let Some(root) = root {
            targets.hosts.push(HostTarget::Root(root.to_path_buf()));
        } else if paths.is_empty() {
            targets.hosts.push(HostTarget::Running(Vec::new()));
        }
        let mut single = Vec::new();
        for path in paths {
            if let Some(text) = path.to_str().filter(|text| is_url(text)) {
                targets.sites.push(castellan_probe::collect::site(text)?);
            } else if !path.exists() && path.to_str().is_some_and(is_host_name) {
                return Err(format!(
                    "there is no file `{0}`; to look at a site from outside, write https://{0}",
                    path.display()
                ));
            } else if path.is_dir() {
                if is_system(path) {
                    targets.hosts.push(HostTarget::Root(path.clone()));
                    continue;
                }
                targets.code.push(path.clone());
                let files = config_files(path);
                if !files.is_empty() {
                    targets.hosts.push(HostTarget::Folder { root: path.clone(), files });
                }
            } else if is_config(path) {
                single.push(path.clone());
            } else {
                targets.code.push(path.clone());
            }
        }
        if !single.is_empty() {
            targets.hosts.push(HostTarget::Files(single));
        }
        Ok(targets)
    }
}

impl HostTarget {
    /// Opens the host.
    ///
    /// # Errors
    ///
    /// When a bundle cannot be read.
    pub fn open(&self, series: Option<Series>) -> Result<Look, String> {
        let all = Options { files: Vec::new(), series, ..Options::default() };
        match self {
            Self::Running(roles) => {
                Ok(Look { host: Box::new(Live::running().with_roles(roles.clone())), options: all, relative: false })
            }
            Self::Root(root) => {
                let host = open_root(root).map_err(|denied| format!("`{}`: {denied}", root.display()))?;
                Ok(Look { host, options: all, relative: false })
            }
            Self::Folder { root, files } => {
                let options = Options { files: files.clone(), series, ..Options::default() };
                Ok(Look { host: Box::new(Live::image(root)), options, relative: true })
            }
            Self::Files(paths) => {
                let absolute = |path: &PathBuf| {
                    std::path::absolute(path)
                        .map(|full| full.to_string_lossy().into_owned())
                        .map_err(|error| format!("`{}`: {error}", path.display()))
                };
                let files = paths.iter().map(absolute).collect::<Result<Vec<_>, _>>()?;
                let options = Options { files, series, ..Options::default() };
                Ok(Look { host: Box::new(Live::image(Path::new("/"))), options, relative: false })
            }
        }
    }
}

/// Whether a target is a site and no path.
fn is_url(text: &str) -> bool {
    text.get(..8).is_some_and(|start| start.eq_ignore_ascii_case("https://"))
        || text.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("http://"))
}

/// Whether a text looks like the name of a host, as people write it.
fn is_host_name(text: &str) -> bool {
    let host = text.split(['/', ':']).next().unwrap_or_default();
    let labels: Vec<&str> = host.split('.').collect();
    let last = labels.last().copied().unwrap_or_default();
    let file = ["py", "xml", "conf", "cfg", "zip", "whl", "csv", "js", "yml", "yaml", "toml", "json", "gz"];
    labels.len() >= 2
        && labels
            .iter()
            .all(|label| !label.is_empty() && label.chars().all(|char| char.is_ascii_alphanumeric() || char == '-'))
        && last.len() >= 2
        && last.chars().all(|char| char.is_ascii_alphabetic())
        && !file.contains(&last)
}

/// The root of a system or a bundle.
fn is_system(path: &Path) -> bool {
    let has = |name: &str| path.join(name).is_dir();
    path.join(BUNDLE_FILE).is_file() || (has("etc") && (has("usr") || has("var") || has("proc")))
}

fn is_config(path: &Path) -> bool {
    let small = std::fs::metadata(path).is_ok_and(|data| data.is_file() && data.len() <= MAX_CONFIG);
    small && may_be_config(path) && kind(path)
}

fn kind(path: &Path) -> bool {
    let text = std::fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    castellan_config::deployment::kind_of(&path.to_string_lossy(), &text).is_some()
}

/// Whether a name can belong to a file of configuration, before it is read.
fn may_be_config(path: &Path) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    matches!(ending, "conf" | "cfg" | "yml" | "yaml" | "toml" | "service" | "caddyfile" | "dockerfile" | "odoorc")
        || ["dockerfile", "containerfile", "caddyfile", "sshd_config"].iter().any(|start| name.starts_with(start))
        || name == ".odoorc"
        || (ending == "json" && name.contains("caddy"))
        || (!name.contains('.')
            && path
                .parent()
                .is_some_and(|folder| folder.ends_with("sites-available") || folder.ends_with("sites-enabled")))
}

/// Files of configuration below a folder.
fn config_files(root: &Path) -> Vec<String> {
    let mut files: Vec<String> = WalkBuilder::new(root)
        .max_depth(Some(MAX_DEPTH))
        .hidden(false)
        .filter_entry(|entry| {
            let name = entry.file_name().to_string_lossy();
            !matches!(
                &*name,
                ".git" | "node_modules" | "target" | "__pycache__" | ".venv" | "venv" | ".github" | "static"
            )
        })
        .build()
        .flatten()
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()) && is_config(entry.path()))
        .filter_map(|entry| Some(format!("/{}", entry.path().strip_prefix(root).ok()?.to_string_lossy())))
        .collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_told_apart() {
        let folder = tempfile::tempdir().unwrap();
        let put = |path: &str, text: &str| {
            let full = folder.path().join(path);
            std::fs::create_dir_all(full.parent().unwrap()).unwrap();
            std::fs::write(full, text).unwrap();
        };
        put("repo/module/__manifest__.py", "{}");
        put("repo/deploy/odoo.conf", "[options]\n");
        put("repo/deploy/setup.cfg", "[flake8]\n");
        put("image/etc/odoo/odoo.conf", "[options]\n");
        put("image/usr/bin/x", "");
        let at = |path: &str| folder.path().join(path);
        assert_eq!(Targets::of(&[], None).unwrap().hosts, [HostTarget::Running(Vec::new())]);
        let repo = Targets::of(&[at("repo")], None).unwrap();
        assert_eq!(repo.code, [at("repo")]);
        assert_eq!(repo.hosts, [HostTarget::Folder { root: at("repo"), files: vec!["/deploy/odoo.conf".into()] }]);
        assert_eq!(Targets::of(&[at("image")], None).unwrap().hosts, [HostTarget::Root(at("image"))]);
        assert_eq!(
            Targets::of(&[at("repo/deploy/odoo.conf")], None).unwrap().hosts,
            [HostTarget::Files(vec![at("repo/deploy/odoo.conf")])]
        );
        let site = Targets::of(&["https://erp.example.com/web".into()], None).unwrap();
        assert_eq!(site.sites[0].as_str(), "https://erp.example.com/");
        assert!(site.hosts.is_empty() && site.code.is_empty());
        let error = Targets::of(&["erp.example.com".into()], None).unwrap_err();
        assert!(error.contains("write https://erp.example.com"), "{error}");
    }
}
