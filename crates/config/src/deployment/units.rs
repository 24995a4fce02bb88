//! systemd units with their drop-ins.

use super::Deployment;
use super::odoo::OdooServer;
use crate::host::survey::Survey;
use crate::read::systemd::{self, Assignment};
use crate::source::{FileId, Site};

/// A service unit.
#[derive(Debug)]
pub struct Unit {
    /// Name: `odoo.service`.
    pub name: String,
    /// The main file.
    pub file: FileId,
    /// Its path.
    pub path: String,
    /// Assignments of the file and its drop-ins, in the order in which they count.
    pub assignments: Vec<Assignment>,
}

impl Unit {
    /// The value that counts: the last one.
    #[must_use]
    pub fn get(&self, section: &str, key: &str) -> Option<&Assignment> {
        self.assignments
            .iter()
            .rfind(|one| one.section == section && one.key.text.eq_ignore_ascii_case(key))
            .filter(|one| !one.value.text.is_empty())
    }

    /// All values of a list; an empty one takes back what stands before it.
    #[must_use]
    pub fn all(&self, section: &str, key: &str) -> Vec<&Assignment> {
        let mut found: Vec<&Assignment> = Vec::new();
        for one in
            self.assignments.iter().filter(|one| one.section == section && one.key.text.eq_ignore_ascii_case(key))
        {
            if one.value.text.is_empty() {
                found.clear();
            } else {
                found.push(one);
            }
        }
        found
    }

    /// A truth value of `[Service]`.
    #[must_use]
    pub fn truth(&self, key: &str) -> Option<bool> {
        self.get("Service", key).and_then(|one| systemd::boolean(&one.value.text))
    }

    /// Text of `[Service]`.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get("Service", key).map(|one| one.value.text.as_str())
    }

    /// The command that it starts, with its place.
    #[must_use]
    pub fn command(&self) -> Option<(Vec<String>, Site)> {
        let start = self.all("Service", "ExecStart").into_iter().next()?;
        let text = start.value.text.trim_start_matches(['-', '@', '+', '!', ':', '|']);
        Some((systemd::split(text), start.value.site))
    }

    /// The place that stands for the unit.
    #[must_use]
    pub fn place(&self) -> Site {
        self.command().map_or(Site::new(self.file, 0, 0), |(_, site)| site)
    }
}

/// Reads a unit with its drop-ins.
pub(super) fn load(survey: &mut Survey<'_>, path: &str) -> Option<Unit> {
    let file = survey.open(path)?;
    let name = path.rsplit('/').next().unwrap_or(path).to_owned();
    let (mut assignments, problems) = systemd::parse(file, survey.text(file));
    for problem in problems {
        survey.problem(file, &problem);
    }
    let mut drop_ins: Vec<String> =
        ["/usr/lib/systemd/system", "/lib/systemd/system", "/run/systemd/system", "/etc/systemd/system"]
            .iter()
            .flat_map(|folder| survey.glob(&format!("{folder}/{name}.d/*.conf")))
            .collect();
    // Sorted by file name over all folders; one in /etc hides one of the same name elsewhere.
    drop_ins.sort_by_key(|path| path.rsplit('/').next().unwrap_or("").to_owned());
    drop_ins.dedup_by(|later, earlier| {
        let same = later.rsplit('/').next() == earlier.rsplit('/').next();
        if same {
            std::mem::swap(later, earlier);
        }
        same
    });
    for path in drop_ins {
        let Some(id) = survey.open(&path) else { continue };
        let (more, problems) = systemd::parse(id, survey.text(id));
        for problem in problems {
            survey.problem(id, &problem);
        }
        assignments.extend(more);
    }
    Some(Unit { name, file, path: path.to_owned(), assignments })
}

/// The Odoo server that a unit runs.
#[must_use]
pub fn server_of<'d>(deployment: &'d Deployment, unit: &Unit) -> Option<&'d OdooServer> {
    let index = deployment.units.iter().position(|known| std::ptr::eq(known, unit))?;
    deployment.odoos.iter().find(|odoo| odoo.unit == Some(index))
}

/// How exposed a unit is.
#[derive(Debug, Clone)]
pub struct Exposure {
    /// From 0, confined, to 10, open.
    pub score: f64,
    /// Settings that are safe for Odoo and not set, with the value to set.
    pub missing: Vec<(&'static str, &'static str)>,
}

/// Truth values of `[Service]`: weight and, when Odoo works with it, the value to advise.
const SWITCHES: [(&str, u32, Option<&str>); 17] = [
    ("NoNewPrivileges", 1000, Some("yes")),
    ("PrivateTmp", 1000, Some("yes")),
    ("PrivateDevices", 1000, Some("yes")),
    ("PrivateMounts", 1000, None),
    ("PrivateNetwork", 2500, None),
    ("PrivateUsers", 1000, None),
    ("ProtectKernelTunables", 1000, Some("yes")),
    ("ProtectKernelModules", 1000, Some("yes")),
    ("ProtectKernelLogs", 1000, Some("yes")),
    ("ProtectControlGroups", 1000, Some("yes")),
    ("ProtectClock", 1000, Some("yes")),
    ("ProtectHostname", 50, Some("yes")),
    ("RestrictRealtime", 500, Some("yes")),
    ("RestrictSUIDSGID", 1000, Some("yes")),
    ("LockPersonality", 100, Some("yes")),
    ("MemoryDenyWriteExecute", 100, None),
    ("RemoveIPC", 100, Some("yes")),
];

/// Capabilities by weight, as systemd groups them.
const CAPABILITIES: [(&[&str], u32); 26] = [
    (&["CAP_SYS_ADMIN"], 1500),
    (&["CAP_SETUID", "CAP_SETGID", "CAP_SETPCAP"], 1500),
    (&["CAP_SYS_PTRACE"], 1500),
    (&["CAP_SYS_TIME"], 1000),
    (&["CAP_NET_ADMIN"], 1000),
    (&["CAP_SYS_RAWIO"], 1000),
    (&["CAP_SYS_MODULE"], 1000),
    (&["CAP_CHOWN", "CAP_FSETID", "CAP_SETFCAP"], 1000),
    (&["CAP_DAC_OVERRIDE", "CAP_DAC_READ_SEARCH", "CAP_FOWNER", "CAP_IPC_OWNER"], 1000),
    (&["CAP_AUDIT_CONTROL", "CAP_AUDIT_READ", "CAP_AUDIT_WRITE"], 500),
    (&["CAP_SYSLOG"], 500),
    (&["CAP_SYS_NICE", "CAP_SYS_RESOURCE"], 500),
    (&["CAP_MKNOD"], 500),
    (&["CAP_KILL"], 500),
    (&["CAP_NET_BIND_SERVICE", "CAP_NET_BROADCAST", "CAP_NET_RAW"], 500),
    (&["CAP_SYS_BOOT"], 100),
    (&["CAP_MAC_ADMIN", "CAP_MAC_OVERRIDE"], 100),
    (&["CAP_LINUX_IMMUTABLE"], 75),
    (&["CAP_IPC_LOCK"], 50),
    (&["CAP_SYS_CHROOT"], 50),
    (&["CAP_BLOCK_SUSPEND"], 25),
    (&["CAP_WAKE_ALARM"], 25),
    (&["CAP_LEASE"], 25),
    (&["CAP_SYS_TTY_CONFIG"], 25),
    (&["CAP_SYS_PACCT"], 25),
    (&["CAP_BPF"], 25),
];

/// Groups of system calls by weight.
const CALLS: [(&str, u32); 11] = [
    ("@clock", 1000),
    ("@cpu-emulation", 250),
    ("@debug", 1000),
    ("@module", 1000),
    ("@mount", 1000),
    ("@obsolete", 250),
    ("@privileged", 700),
    ("@raw-io", 1000),
    ("@reboot", 1000),
    ("@resources", 700),
    ("@swap", 1000),
];

/// Namespaces by weight.
const NAMESPACES: [(&str, u32); 7] =
    [("user", 1500), ("mnt", 500), ("ipc", 500), ("pid", 500), ("cgroup", 500), ("net", 500), ("uts", 100)];

/// Address families by weight; the empty name stands for all others.
const FAMILIES: [(&str, u32); 5] =
    [("AF_INET", 1500), ("AF_UNIX", 25), ("AF_NETLINK", 200), ("AF_PACKET", 1000), ("", 1250)];

/// The exposure of a unit with the weights of `systemd-analyze security` (systemd 252, `src/analyze/analyze-security.c`).
#[must_use]
pub fn exposure(unit: &Unit) -> Exposure {
    let mut total = 0.0;
    let mut bad = 0.0;
    let mut missing: Vec<(&'static str, &'static str)> = Vec::new();
    let mut add = |weight: u32, badness: f64| {
        total += f64::from(weight);
        bad += f64::from(weight) * badness;
    };
    let truth = |key: &str| unit.truth(key) == Some(true);
    let dynamic = truth("DynamicUser");
    for (key, weight, advice) in SWITCHES {
        let implied = dynamic && matches!(key, "NoNewPrivileges" | "PrivateTmp" | "RemoveIPC" | "RestrictSUIDSGID");
        let set = implied || truth(key);
        add(weight, if set { 0.0 } else { 1.0 });
        if let Some(value) = advice.filter(|_| !set) {
            missing.push((key, value));
        }
    }
    let root = !dynamic && unit.text("User").is_none_or(|user| matches!(user, "root" | "0"));
    add(2000, if root { 1.0 } else { 0.0 });
    add(200, if unit.get("Service", "SupplementaryGroups").is_some() { 1.0 } else { 0.0 });
    let system = unit.text("ProtectSystem").unwrap_or(if dynamic { "strict" } else { "no" }).to_lowercase();
    add(
        1000,
        match system.as_str() {
            "strict" => 0.0,
            "full" => 0.3,
            "no" | "false" | "off" | "0" => 1.0,
            _ => 0.5,
        },
    );
    if system != "strict" {
        missing.push(("ProtectSystem", "strict"));
    }
    let home = unit.text("ProtectHome").unwrap_or(if dynamic { "read-only" } else { "no" }).to_lowercase();
    add(
        1000,
        match home.as_str() {
            "yes" | "true" | "1" | "on" => 0.0,
            "tmpfs" => 0.1,
            "read-only" => 0.5,
            _ => 1.0,
        },
    );
    if matches!(home.as_str(), "no" | "false" | "0" | "off") {
        missing.push(("ProtectHome", "yes"));
    }
    let proc = unit.text("ProtectProc").unwrap_or("default");
    add(
        1000,
        match proc {
            "invisible" | "ptraceable" => 0.0,
            "noaccess" => 1.0 / 3.0,
            _ => 1.0,
        },
    );
    if proc == "default" {
        missing.push(("ProtectProc", "invisible"));
    }
    add(10, if unit.text("ProcSubset") == Some("pid") { 0.0 } else { 1.0 });
    add(
        200,
        if unit.get("Service", "RootDirectory").is_some() || unit.get("Service", "RootImage").is_some() {
            0.0
        } else {
            1.0
        },
    );
    let mask =
        unit.text("UMask").and_then(|text| u32::from_str_radix(text.trim_start_matches("0o"), 8).ok()).unwrap_or(0o022);
    add(100, if mask & 0o007 == 0o007 { if mask & 0o070 == 0o070 { 0.0 } else { 0.2 } } else { 1.0 });
    if mask & 0o007 != 0o007 {
        missing.push(("UMask", "0027"));
    }
    add(1000, if matches!(unit.text("KeyringMode"), None | Some("private")) { 0.0 } else { 1.0 });
    add(1000, if unit.text("NotifyAccess") == Some("all") { 1.0 } else { 0.0 });
    add(100, if truth("Delegate") { 1.0 } else { 0.0 });
    add(
        1000,
        if unit.text("DevicePolicy").is_some_and(|policy| policy != "auto") || truth("PrivateDevices") {
            0.1
        } else {
            1.0
        },
    );
    let deny = unit.all("Service", "IPAddressDeny").iter().any(|one| one.value.text.contains("any"));
    add(1000, if deny { 0.3 } else { 1.0 });
    add(500, if unit.get("Service", "AmbientCapabilities").is_some() { 1.0 } else { 0.0 });
    let namespaces = unit.text("RestrictNamespaces").unwrap_or("no");
    for (name, weight) in NAMESPACES {
        let closed = systemd::boolean(namespaces).unwrap_or_else(|| {
            let inverted = namespaces.starts_with('~');
            namespaces.trim_start_matches('~').split_whitespace().any(|word| word == name) == inverted
        });
        add(weight, if closed { 0.0 } else { 1.0 });
    }
    if systemd::boolean(namespaces) == Some(false) {
        missing.push(("RestrictNamespaces", "yes"));
    }
    let families = unit.all("Service", "RestrictAddressFamilies");
    let listed: Vec<&str> = families.iter().flat_map(|one| one.value.text.split_whitespace()).collect();
    let inverted = listed.first().is_some_and(|word| word.starts_with('~'));
    for (name, weight) in FAMILIES {
        let named = listed.iter().any(|word| {
            word.trim_start_matches('~') == name || (name == "AF_INET" && word.trim_start_matches('~') == "AF_INET6")
        });
        let open = if listed.is_empty() {
            true
        } else if name.is_empty() {
            inverted
        } else {
            named != inverted
        };
        add(weight, if open { 1.0 } else { 0.0 });
    }
    if listed.is_empty() {
        missing.push(("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"));
    }
    let architectures = unit.text("SystemCallArchitectures");
    add(
        1000,
        if architectures == Some("native") {
            0.0
        } else if architectures.is_some() {
            0.5
        } else {
            1.0
        },
    );
    if architectures.is_none() {
        missing.push(("SystemCallArchitectures", "native"));
    }
    let filters = unit.all("Service", "SystemCallFilter");
    for (group, weight) in CALLS {
        add(weight, if call_open(&filters, group) { 1.0 } else { 0.0 });
    }
    if filters.is_empty() {
        missing.push(("SystemCallFilter", "@system-service"));
        missing.push(("SystemCallFilter", "~@privileged"));
        missing.push(("SystemCallErrorNumber", "EPERM"));
    }
    let bounds: Vec<_> = unit
        .assignments
        .iter()
        .filter(|one| one.section == "Service" && one.key.text == "CapabilityBoundingSet")
        .collect();
    for (names, weight) in CAPABILITIES {
        let open = names.iter().any(|name| {
            bounds.iter().fold(true, |open, one| {
                let text = one.value.text.as_str();
                let listed = text.trim_start_matches('~').split_whitespace().any(|word| word == *name);
                match (text.is_empty(), text.starts_with('~')) {
                    (true, _) => false,
                    (false, true) => open && !listed,
                    (false, false) => listed,
                }
            })
        });
        add(weight, if open { 1.0 } else { 0.0 });
    }
    if bounds.is_empty() && !root {
        missing.push(("CapabilityBoundingSet", ""));
    }
    Exposure { score: 10.0 * bad / total, missing }
}

/// Whether a group of system calls passes the filters, in order.
fn call_open(filters: &[&Assignment], group: &str) -> bool {
    let mut open = filters.is_empty();
    let service = !matches!(
        group,
        "@clock" | "@cpu-emulation" | "@debug" | "@module" | "@mount" | "@obsolete" | "@raw-io" | "@reboot" | "@swap"
    );
    for (index, filter) in filters.iter().enumerate() {
        let text = filter.value.text.as_str();
        let denied = text.starts_with('~');
        if index == 0 && denied {
            open = true;
        }
        let named = text.trim_start_matches('~').split_whitespace().any(|word| {
            let word = word.split(':').next().unwrap_or(word);
            word == group || (word == "@system-service" && service)
        });
        if named {
            open = !denied;
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    fn unit(text: &str) -> Unit {
        let (assignments, _) = systemd::parse(FileId(0), text);
        Unit { name: "odoo.service".into(), file: FileId(0), path: "/x".into(), assignments }
    }

    #[test]
    fn exposure_follows_systemd() {
        // `systemd-analyze security --offline=true` of systemd 252 says 9.2 and 9.6 for these units.
        let plain = exposure(&unit("[Service]\nUser=odoo\nExecStart=/usr/bin/odoo\n"));
        let root = exposure(&unit("[Service]\nExecStart=/usr/bin/odoo\n"));
        assert!((plain.score - 9.2).abs() < 0.15, "{}", plain.score);
        assert!((root.score - 9.6).abs() < 0.15, "{}", root.score);
        let advised: String = plain.missing.iter().map(|(key, value)| format!("{key}={value}\n")).collect();
        let tuned = exposure(&unit(&format!("[Service]\nUser=odoo\nExecStart=/usr/bin/odoo\n{advised}")));
        assert!(tuned.missing.is_empty(), "{:?}", tuned.missing);
        assert!(tuned.score < 2.5, "{}", tuned.score);
    }

    #[test]
    fn an_empty_value_takes_a_list_back() {
        let unit = unit("[Service]\nEnvironment=A=1\nEnvironment=\nEnvironment=B=2\n");
        assert_eq!(unit.all("Service", "Environment").len(), 1);
    }
}
