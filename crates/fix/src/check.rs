//! Asks the program itself whether it takes a changed file.

use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

/// What a program said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It takes the file.
    Taken,
    /// It does not, and why.
    Refused(String),
    /// Nobody could be asked.
    NotAsked(String),
}

/// The program that reads a file, by its path and content.
fn command(path: &Path, text: &str) -> Option<(&'static str, Vec<String>)> {
    let shown = path.to_string_lossy().into_owned();
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let inside = |folder: &str| shown.contains(folder);
    if name == "sshd_config" || inside("/ssh/sshd_config.d/") {
        let main = if name == "sshd_config" { shown } else { "/etc/ssh/sshd_config".into() };
        return Some(("sshd", vec!["-t".into(), "-f".into(), main]));
    }
    if name.ends_with(".service") {
        return Some(("systemd-analyze", vec!["verify".into(), shown]));
    }
    if inside(".service.d/") {
        let unit = shown.rsplit_once(".d/").map(|(unit, _)| unit.to_owned())?;
        let unit = if Path::new(&unit).is_file() { unit } else { unit.rsplit('/').next().unwrap_or(&unit).to_owned() };
        return Some(("systemd-analyze", vec!["verify".into(), unit]));
    }
    if inside("/logrotate.d/") {
        return Some(("logrotate", vec!["--debug".into(), shown]));
    }
    if inside("/fail2ban/") {
        return Some(("fail2ban-client", vec!["-t".into()]));
    }
    if name.starts_with("Caddyfile") || name.ends_with(".caddyfile") {
        return Some((
            "caddy",
            vec!["validate".into(), "--adapter".into(), "caddyfile".into(), "--config".into(), shown],
        ));
    }
    if inside("/apache2/") {
        return Some(("apache2ctl", vec!["configtest".into()]));
    }
    if name == "haproxy.cfg" {
        return Some(("haproxy", vec!["-c".into(), "-f".into(), shown]));
    }
    if name == "nftables.conf" {
        return Some(("nft", vec!["--check".into(), "--file".into(), shown]));
    }
    if inside("/nginx/") || name == "nginx.conf" || text.contains("server {") {
        // A part of a configuration is checked through the main file.
        let has_http = text.lines().any(|line| line.trim_start().starts_with("http") && line.contains('{'));
        let main = if has_http { shown } else { "/etc/nginx/nginx.conf".into() };
        return Some(("nginx", vec!["-t".into(), "-q".into(), "-c".into(), main]));
    }
    None
}

/// Asks the program that reads a file.
#[must_use]
pub fn ask(path: &Path, text: &str) -> Verdict {
    match path.file_name().and_then(|name| name.to_str()) {
        Some("pg_hba.conf") => {
            return postgresql(
                path,
                "hba_file",
                "SELECT 'line ' || line_number || ': ' || error FROM pg_hba_file_rules WHERE error IS NOT NULL",
            );
        }
        // A setting that only counts after a restart is always listed as an error.
        Some("postgresql.conf") => {
            return postgresql(
                path,
                "config_file",
                "SELECT 'line ' || f.sourceline || ': ' || coalesce(name || ': ', '') || error FROM pg_file_settings f \
                 LEFT JOIN pg_settings USING (name) WHERE error IS NOT NULL AND context IS DISTINCT FROM 'postmaster'",
            );
        }
        _ => {}
    }
    let Some((program, arguments)) = command(path, text) else {
        return Verdict::NotAsked("its program has no check of its own".into());
    };
    let Some(found) = find(program) else { return Verdict::NotAsked(format!("`{program}` is not on this machine")) };
    match Command::new(found).args(&arguments).output() {
        Ok(output) if output.status.success() => Verdict::Taken,
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
            let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(5).collect();
            Verdict::Refused(format!("`{program} {}`: {}", arguments.join(" "), lines.join("; ")))
        }
        Err(error) => Verdict::NotAsked(format!("`{program}` cannot be run: {}", error.kind())),
    }
}

/// Asks the running server how it reads its own file: its views read the file as it is now and change nothing.
fn postgresql(path: &Path, setting: &str, query: &str) -> Verdict {
    let Some(psql) = find("psql") else { return Verdict::NotAsked("`psql` is not on this machine".into()) };
    let main = path.with_file_name("postgresql.conf");
    let main = std::fs::read_to_string(main).unwrap_or_default();
    let port = value(&main, "port").unwrap_or_else(|| "5432".into());
    let socket = value(&main, "unix_socket_directories")
        .and_then(|list| list.split(',').map(str::trim).find(|folder| !folder.is_empty()).map(str::to_owned));
    // The owner of the server's files may ask without a password.
    let owner = std::fs::metadata(path.parent().unwrap_or(path)).map(|about| about.uid()).unwrap_or(0);
    let command = |query: &str| {
        let mut command = Command::new(&psql);
        command.args([
            "--no-psqlrc",
            "--no-align",
            "--tuples-only",
            "--quiet",
            "--no-password",
            "--dbname=postgres",
            "--port",
        ]);
        command.arg(&port).args(["--command", query]);
        if let Some(socket) = &socket {
            command.args(["--host", socket]);
        }
        if owner != 0 && own_uid() == 0 {
            command.uid(owner).current_dir("/");
            if let Some(name) = user_name(owner) {
                command.env("PGUSER", name);
            }
        }
        command.env("PGCONNECT_TIMEOUT", "5");
        command
    };
    let run = |query: &str| {
        command(query).output().map_err(|error| format!("`psql` cannot be run: {}", error.kind())).and_then(|output| {
            if output.status.success() {
                Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
            } else {
                let reason =
                    String::from_utf8_lossy(&output.stderr).lines().next().unwrap_or("no reason given").to_owned();
                Err(format!("the server could not be asked: {}", reason.trim_start_matches("psql: error: ")))
            }
        })
    };
    match run(&format!("SHOW {setting}")) {
        Ok(own) if same_file(Path::new(&own), path) => {}
        Ok(own) => return Verdict::NotAsked(format!("the running server reads {own}")),
        Err(reason) => return Verdict::NotAsked(reason),
    }
    match run(query) {
        Ok(errors) if errors.is_empty() => Verdict::Taken,
        Ok(errors) => {
            Verdict::Refused(format!("PostgreSQL: {}", errors.lines().take(5).collect::<Vec<_>>().join("; ")))
        }
        Err(reason) => Verdict::NotAsked(reason),
    }
}

/// The last value of a setting in a postgresql.conf.
fn value(text: &str, name: &str) -> Option<String> {
    text.lines()
        .filter_map(|line| {
            let rest = line.trim_start().strip_prefix(name)?;
            let rest = rest.trim_start().strip_prefix('=').or_else(|| rest.starts_with([' ', '\t']).then_some(rest))?;
            let rest = rest.split('#').next().unwrap_or(rest).trim();
            Some(rest.trim_matches('\'').to_owned())
        })
        .next_back()
}

fn same_file(left: &Path, right: &Path) -> bool {
    match (std::fs::canonicalize(left), std::fs::canonicalize(right)) {
        (Ok(left), Ok(right)) => left == right,
        _ => left == right,
    }
}

/// The user that runs this program.
fn own_uid() -> u32 {
    std::fs::metadata("/proc/self").map(|about| about.uid()).unwrap_or(u32::MAX)
}

fn user_name(uid: u32) -> Option<String> {
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let name = fields.next()?;
        (fields.nth(1)? == uid.to_string()).then(|| name.to_owned())
    })
}

/// A program on the path or in the folders of the superuser.
fn find(program: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default();
    path.split(':')
        .chain(["/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin"])
        .map(|folder| Path::new(folder).join(program))
        .find(|full| full.is_file())
}
