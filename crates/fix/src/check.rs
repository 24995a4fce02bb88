//! Asks the program itself whether it takes a changed file.

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

/// A program on the path or in the folders of the superuser.
fn find(program: &str) -> Option<std::path::PathBuf> {
    let path = std::env::var("PATH").unwrap_or_default();
    path.split(':')
        .chain(["/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin"])
        .map(|folder| Path::new(folder).join(program))
        .find(|full| full.is_file())
}
