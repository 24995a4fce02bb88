//! What is looked at on a host: files with their attributes, processes, listening sockets, the machine.
//!
//! A [`Host`] answers questions; [`live`] asks a running system or a mounted image, [`snapshot`] answers from what was
//! recorded. Everything above works on both and cannot tell them apart.

pub mod bundle;
pub mod live;
pub mod roles;
pub mod secrets;
pub mod snapshot;
pub mod survey;

use serde::{Deserialize, Serialize};

/// What a path leads to, links followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A socket, device or pipe.
    Other,
}

/// Mode and owner of a path, links followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attributes {
    /// What it is.
    pub kind: Kind,
    /// Permission bits, such as `0o640`.
    pub mode: u32,
    /// User id of the owner.
    pub uid: u32,
    /// Group id.
    pub gid: u32,
    /// Size in bytes.
    pub size: u64,
    /// Last change of the content, seconds since 1970.
    #[serde(default)]
    pub modified: i64,
}

impl Attributes {
    /// Everybody may read it.
    #[must_use]
    pub const fn world_readable(&self) -> bool {
        self.mode & 0o004 != 0
    }

    /// Everybody may change it. A sticky folder such as `/tmp` counts too.
    #[must_use]
    pub const fn world_writable(&self) -> bool {
        self.mode & 0o002 != 0
    }
}

/// A running process.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Process id.
    pub pid: u32,
    /// Effective user id.
    pub uid: u32,
    /// Arguments, the program first.
    pub command: Vec<String>,
    /// Environment; empty when it may not be read.
    #[serde(default)]
    pub environment: Vec<(String, String)>,
    /// Working folder.
    #[serde(default)]
    pub folder: String,
    /// Root folder: `/`, or that of its container or chroot as this host sees it; empty when it may not be read.
    #[serde(default)]
    pub root: String,
    /// Path of the control group: tells the service unit or container.
    #[serde(default)]
    pub control_group: String,
}

impl Process {
    /// Value of an environment variable.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Where its files are on this host: empty for the host itself, `/proc/PID/root` for a container or chroot.
    #[must_use]
    pub fn prefix(&self) -> String {
        if matches!(self.root.as_str(), "" | "/") { String::new() } else { format!("/proc/{}/root", self.pid) }
    }

    /// It runs in a container.
    #[must_use]
    pub fn in_container(&self) -> bool {
        ["docker", "containerd", "lxc", "libpod", "kubepods"].iter().any(|name| self.control_group.contains(name))
    }

    /// The service unit that the process belongs to, such as `odoo.service`.
    #[must_use]
    pub fn unit(&self) -> Option<&str> {
        self.control_group.rsplit('/').find(|part| part.ends_with(".service"))
    }
}

/// A listening TCP socket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Socket {
    /// Local address.
    pub address: std::net::IpAddr,
    /// Local port.
    pub port: u16,
    /// User id of the owner.
    pub uid: u32,
}

/// A role of PostgreSQL that may log in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Name.
    pub name: String,
    /// Superuser.
    #[serde(default)]
    pub superuser: bool,
    /// May make databases.
    #[serde(default)]
    pub create_database: bool,
    /// May make roles.
    #[serde(default)]
    pub create_role: bool,
    /// May copy the cluster.
    #[serde(default)]
    pub replication: bool,
    /// Passes by row-level security.
    #[serde(default)]
    pub bypass_row_security: bool,
    /// Dangerous predefined roles that it is a member of.
    #[serde(default)]
    pub member_of: Vec<String>,
}

/// Facts that no file tells.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Whether this is a running system, so that processes and sockets say something.
    #[serde(default)]
    pub running: bool,
    /// Processes that matter here: Odoo, PostgreSQL, proxies, `sshd`.
    #[serde(default)]
    pub processes: Vec<Process>,
    /// Listening TCP sockets.
    #[serde(default)]
    pub sockets: Vec<Socket>,
    /// Roles of PostgreSQL, when a connection was given.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Processor cores.
    #[serde(default)]
    pub cores: Option<u32>,
    /// Memory in bytes.
    #[serde(default)]
    pub memory: Option<u64>,
    /// The day of the look, seconds since 1970.
    #[serde(default)]
    pub now: i64,
}

/// A path that is there but may not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Denied(pub String);

/// Largest file that is read, in bytes. No configuration comes near.
pub const MAX_FILE: u64 = 4 * 1024 * 1024;

/// A system that can be looked at. Paths are absolute in that system.
pub trait Host {
    /// Attributes of a path; `None` when there is none.
    ///
    /// # Errors
    ///
    /// When the path may not be looked at.
    fn attributes(&self, path: &str) -> Result<Option<Attributes>, Denied>;

    /// Content of a file; `None` when there is none.
    ///
    /// # Errors
    ///
    /// When it may not be read or is larger than [`MAX_FILE`].
    fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Denied>;

    /// Names in a folder, sorted; empty when there is none.
    ///
    /// # Errors
    ///
    /// When it may not be listed.
    fn list(&self, path: &str) -> Result<Vec<String>, Denied>;

    /// Facts that no file tells.
    fn facts(&self) -> &Facts;
}
