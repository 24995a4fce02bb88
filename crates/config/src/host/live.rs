//! A running system, a mounted image or a collected bundle.

use std::fs;
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::snapshot::Snapshot;
use super::{Attributes, Denied, Facts, Host, Kind, MAX_FILE, Process, Socket};

/// Name of the file in a bundle that holds attributes and facts.
pub const BUNDLE_FILE: &str = "castellan-evidence.json";

/// Programs whose processes are looked at.
const PROGRAMS: [&str; 10] =
    ["odoo", "openerp", "postgres", "postmaster", "nginx", "apache2", "httpd", "caddy", "haproxy", "traefik"];

/// A system below a root folder.
pub struct Live {
    root: PathBuf,
    facts: Facts,
}

impl Live {
    /// The running system.
    #[must_use]
    pub fn running() -> Self {
        let facts = Facts {
            running: true,
            roles: Vec::new(),
            processes: processes(),
            sockets: sockets(),
            cores: std::thread::available_parallelism().ok().and_then(|count| u32::try_from(count.get()).ok()),
            memory: memory(),
            now: now(),
        };
        Self { root: PathBuf::from("/"), facts }
    }

    /// The same host with the roles of its database.
    #[must_use]
    pub fn with_roles(mut self, roles: Vec<super::Role>) -> Self {
        self.facts.roles = roles;
        self
    }

    /// A mounted image or an unpacked copy.
    #[must_use]
    pub fn image(root: &Path) -> Self {
        Self { root: root.to_path_buf(), facts: Facts { now: now(), ..Facts::default() } }
    }

    /// The path in this system, every link resolved inside the root: a link in an image never leads out of it.
    fn resolve(&self, path: &str) -> Result<PathBuf, Denied> {
        if self.root == Path::new("/") {
            return Ok(PathBuf::from(path));
        }
        let mut done: Vec<String> = Vec::new();
        let mut todo: Vec<String> = path.split('/').rev().filter(|part| !part.is_empty()).map(str::to_owned).collect();
        let mut links = 0;
        while let Some(part) = todo.pop() {
            match part.as_str() {
                "." => continue,
                ".." => {
                    done.pop();
                    continue;
                }
                _ => {}
            }
            let mut here = self.root.clone();
            here.extend(&done);
            here.push(&part);
            match fs::read_link(&here) {
                Ok(target) => {
                    links += 1;
                    if links > 40 {
                        return Err(Denied("too many links".into()));
                    }
                    let target = target.to_string_lossy().into_owned();
                    if target.starts_with('/') {
                        done.clear();
                    }
                    todo.extend(target.split('/').rev().filter(|part| !part.is_empty()).map(str::to_owned));
                }
                Err(_) => done.push(part),
            }
        }
        let mut full = self.root.clone();
        full.extend(&done);
        Ok(full)
    }
}

fn denied(error: &std::io::Error) -> Denied {
    Denied(match error.kind() {
        std::io::ErrorKind::PermissionDenied => "permission denied; run as root to look at it".into(),
        kind => kind.to_string(),
    })
}

fn absent(error: &std::io::Error) -> bool {
    matches!(error.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory)
}

impl Host for Live {
    fn attributes(&self, path: &str) -> Result<Option<Attributes>, Denied> {
        match fs::metadata(self.resolve(path)?) {
            Ok(data) => Ok(Some(Attributes {
                kind: if data.is_dir() {
                    Kind::Folder
                } else if data.is_file() {
                    Kind::File
                } else {
                    Kind::Other
                },
                mode: data.mode() & 0o7777,
                uid: data.uid(),
                gid: data.gid(),
                size: data.len(),
                modified: data.mtime(),
            })),
            Err(error) if absent(&error) => Ok(None),
            Err(error) => Err(denied(&error)),
        }
    }

    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Denied> {
        let full = self.resolve(path)?;
        match fs::metadata(&full) {
            Ok(data) if !data.is_file() => return Ok(None),
            Ok(_) => {}
            Err(error) if absent(&error) => return Ok(None),
            Err(error) => return Err(denied(&error)),
        }
        let mut bytes = Vec::new();
        let file = fs::File::open(full).map_err(|error| denied(&error))?;
        file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(|error| denied(&error))?;
        if bytes.len() as u64 > MAX_FILE {
            return Err(Denied(format!("larger than {} MiB", MAX_FILE / 1024 / 1024)));
        }
        Ok(Some(bytes))
    }

    fn list(&self, path: &str) -> Result<Vec<String>, Denied> {
        match fs::read_dir(self.resolve(path)?) {
            Ok(entries) => {
                let mut names: Vec<String> =
                    entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
                names.sort();
                Ok(names)
            }
            Err(error) if absent(&error) => Ok(Vec::new()),
            Err(error) => Err(denied(&error)),
        }
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }
}

/// The host for `--root`: a bundle when the folder holds one, an image otherwise.
///
/// # Errors
///
/// When the bundle's evidence file cannot be read.
pub fn open_root(root: &Path) -> Result<Box<dyn Host>, Denied> {
    let evidence = root.join(BUNDLE_FILE);
    if !evidence.is_file() {
        return Ok(Box::new(Live::image(root)));
    }
    let text = fs::read_to_string(&evidence).map_err(|error| denied(&error))?;
    let mut snapshot: Snapshot = serde_json::from_str(&text)
        .map_err(|error| Denied(format!("`{BUNDLE_FILE}`, line {}: {error}", error.line())))?;
    let files = Live::image(root);
    let paths: Vec<String> = snapshot.paths().map(str::to_owned).collect();
    for path in paths {
        if let Ok(Some(bytes)) = files.read(&path) {
            snapshot.put_text(&path, bytes);
        }
    }
    Ok(Box::new(snapshot))
}

#[expect(clippy::disallowed_methods, reason = "the collector is where the clock is read")]
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.ok().and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or(0)
}

fn memory() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

fn processes() -> Vec<Process> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let mut found: Vec<Process> = entries
        .flatten()
        .filter_map(|entry| {
            let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
            let folder = entry.path();
            let command = strings(&fs::read(folder.join("cmdline")).ok()?);
            let named = |text: &String| {
                let name = text.rsplit('/').next().unwrap_or(text).trim_end_matches(':');
                PROGRAMS.iter().any(|program| {
                    name == *program
                        || name.starts_with(&format!("{program}-"))
                        || name.starts_with(&format!("{program}."))
                }) || name.starts_with("nginx:")
                    || name.starts_with("postgres:")
            };
            if !command.iter().take(3).any(named) {
                return None;
            }
            let environment = fs::read(folder.join("environ"))
                .map(|bytes| {
                    strings(&bytes)
                        .into_iter()
                        .filter_map(|pair| pair.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned())))
                        .filter(|(key, _)| interesting(key))
                        .collect()
                })
                .unwrap_or_default();
            let status = fs::read_to_string(folder.join("status")).unwrap_or_default();
            let uid = status
                .lines()
                .find_map(|line| line.strip_prefix("Uid:"))
                .and_then(|rest| rest.split_whitespace().nth(1))
                .and_then(|uid| uid.parse().ok())
                .unwrap_or(u32::MAX);
            let cgroup = fs::read_to_string(folder.join("cgroup")).unwrap_or_default();
            Some(Process {
                pid,
                uid,
                command,
                environment,
                folder: fs::read_link(folder.join("cwd"))
                    .map(|path| path.to_string_lossy().into_owned())
                    .unwrap_or_default(),
                root: fs::read_link(folder.join("root"))
                    .map(|path| path.to_string_lossy().into_owned())
                    .unwrap_or_default(),
                control_group: cgroup.lines().last().and_then(|line| line.rsplit(':').next()).unwrap_or("").to_owned(),
            })
        })
        .collect();
    found.sort_by_key(|process| process.pid);
    found.truncate(2000);
    found
}

/// Variables that say something about an Odoo server; the rest of an environment is nobody's business.
pub(crate) fn interesting(name: &str) -> bool {
    const NAMES: [&str; 10] = [
        "HOST",
        "PORT",
        "USER",
        "PASSWORD",
        "PASSWORD_FILE",
        "PYTHONPATH",
        "PYTHONOPTIMIZE",
        "LD_PRELOAD",
        "OPENERP_SERVER",
        "HOME",
    ];
    name.starts_with("ODOO_") || name.starts_with("PG") || name.starts_with("POSTGRES_") || NAMES.contains(&name)
}

fn strings(bytes: &[u8]) -> Vec<String> {
    let mut parts: Vec<String> =
        bytes.split(|byte| *byte == 0).map(|part| String::from_utf8_lossy(part).into_owned()).collect();
    while parts.last().is_some_and(String::is_empty) {
        parts.pop();
    }
    parts
}

fn sockets() -> Vec<Socket> {
    let mut found = Vec::new();
    for file in ["/proc/net/tcp", "/proc/net/tcp6"] {
        let Ok(text) = fs::read_to_string(file) else { continue };
        found.extend(text.lines().skip(1).filter_map(socket));
    }
    found.sort_by_key(|socket| (socket.port, socket.address));
    found.dedup();
    found
}

/// One line of `/proc/net/tcp`, if the socket listens.
fn socket(line: &str) -> Option<Socket> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    if *fields.get(3)? != "0A" {
        return None;
    }
    let (address, port) = fields.get(1)?.split_once(':')?;
    let words: Vec<u32> = (0..address.len() / 8)
        .map(|at| u32::from_str_radix(address.get(at * 8..at * 8 + 8)?, 16).ok().map(u32::swap_bytes))
        .collect::<Option<_>>()?;
    let address = match words.as_slice() {
        [one] => IpAddr::V4(Ipv4Addr::from(*one)),
        [a, b, c, d] => {
            let bits = (u128::from(*a) << 96) | (u128::from(*b) << 64) | (u128::from(*c) << 32) | u128::from(*d);
            IpAddr::V6(Ipv6Addr::from(bits))
        }
        _ => return None,
    };
    Some(Socket { address, port: u16::from_str_radix(port, 16).ok()?, uid: fields.get(7)?.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listening_sockets_are_read_from_the_kernel_table() {
        let v4 = "   0: 0100007F:1F85 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 1";
        let read = socket(v4).unwrap();
        assert_eq!((read.address.to_string(), read.port, read.uid), ("127.0.0.1".into(), 8069, 1000));
        let v6 =
            "   0: 00000000000000000000000001000000:1538 00000000000000000000000000000000:0000 0A 0:0 00:0 0 26 0 1";
        assert_eq!(socket(v6).unwrap().address.to_string(), "::1");
        assert!(socket(&v4.replace(" 0A ", " 01 ")).is_none());
        assert!(socket("garbage").is_none());
    }

    #[test]
    fn links_of_an_image_stay_inside_it() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir_all(root.join("etc/odoo")).unwrap();
        fs::write(root.join("etc/odoo/real.conf"), "inside").unwrap();
        std::os::unix::fs::symlink("/etc/odoo/real.conf", root.join("etc/odoo/absolute.conf")).unwrap();
        std::os::unix::fs::symlink("../../../../../../etc/passwd", root.join("etc/odoo/climb.conf")).unwrap();
        std::os::unix::fs::symlink("loop.conf", root.join("etc/odoo/loop.conf")).unwrap();
        let host = Live::image(root);
        assert_eq!(host.read("/etc/odoo/absolute.conf").unwrap().unwrap(), b"inside");
        assert_eq!(host.read("/etc/odoo/climb.conf").unwrap(), None);
        assert!(host.read("/etc/odoo/loop.conf").is_err());
        assert_eq!(host.list("/etc/odoo").unwrap().len(), 4);
    }
}
