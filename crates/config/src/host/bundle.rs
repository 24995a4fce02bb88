//! Writes what was looked at as a bundle: a folder for an audit elsewhere. Passwords are replaced by how good they were.

use std::fs;
use std::path::Path;

use castellan_model::Range;

use super::live::BUNDLE_FILE;
use crate::deployment::Deployment;
use crate::host::snapshot::Snapshot;
use crate::odoo::secret;

/// What a bundle holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Texts.
    pub files: usize,
    /// Values that were masked.
    pub masked: usize,
}

/// Files whose text stays on the host: accounts' names are needed, nothing else of them is.
const NEVER: [&str; 4] = ["/etc/shadow", "/etc/gshadow", ".pgpass", "id_rsa"];

/// Writes a bundle into a folder.
///
/// # Errors
///
/// When a file cannot be written.
pub fn write(deployment: &Deployment, folder: &Path) -> std::io::Result<Written> {
    let mut snapshot = Snapshot::new(deployment.facts.clone());
    for (path, attributes) in &deployment.attributes {
        snapshot.put_attributes(path, attributes.clone());
    }
    for note in deployment.not_assessed.iter().filter(|note| note.kind == castellan_model::NotAssessedKind::Unreadable)
    {
        if note.path.starts_with('/') {
            snapshot.denied.insert(note.path.clone(), note.reason.clone());
        }
    }
    for process in &mut snapshot.facts.processes {
        for (name, value) in &mut process.environment {
            if secret_name(name) {
                *value = secret::mask(value);
            }
        }
        process.command = mask_command(&process.command);
    }
    let mut written = Written { files: 0, masked: 0 };
    for (index, file) in deployment.files.iter().enumerate() {
        if NEVER.iter().any(|name| file.path.ends_with(name)) {
            continue;
        }
        let mut ranges: Vec<Range> = deployment
            .secrets
            .iter()
            .filter(|secret| secret.file.0 as usize == index)
            .map(|secret| secret.range)
            .collect();
        ranges.sort();
        let mut text = String::with_capacity(file.text.len());
        let mut at = 0;
        for range in ranges {
            let (start, end) = (range.start as usize, range.end as usize);
            let Some(value) = file.text.get(start..end).filter(|_| start >= at) else { continue };
            text.push_str(file.text.get(at..start).unwrap_or(""));
            text.push_str(&secret::mask(value.trim_matches(['"', '\''])));
            at = end;
            written.masked += 1;
        }
        text.push_str(file.text.get(at..).unwrap_or(""));
        let full = folder.join(file.path.trim_start_matches('/'));
        if let Some(parent) = full.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(full, text)?;
        written.files += 1;
    }
    let evidence = serde_json::to_string_pretty(&snapshot)?;
    fs::create_dir_all(folder)?;
    fs::write(folder.join(BUNDLE_FILE), evidence)?;
    Ok(written)
}

fn secret_name(name: &str) -> bool {
    let upper = name.to_uppercase();
    ["PASSWORD", "PASSWD", "SECRET", "TOKEN", "API_KEY", "ACCESS_KEY", "PASSPHRASE"]
        .iter()
        .any(|word| upper.contains(word))
        && !upper.ends_with("_FILE")
}

/// Passwords of a command line as how good they were, so that the rules about them still speak.
fn mask_command(command: &[String]) -> Vec<String> {
    let mut hide_next = false;
    command
        .iter()
        .map(|word| {
            if std::mem::take(&mut hide_next) {
                return secret::mask(word);
            }
            let (name, value) = word.split_once('=').map_or((word.as_str(), None), |(name, value)| (name, Some(value)));
            let secret_option = matches!(name, "-w" | "--db_password" | "--db-password" | "--smtp-password")
                || (name.starts_with("--") && name.to_lowercase().contains("passw"));
            match (secret_option, value) {
                (true, Some(value)) => format!("{name}={}", secret::mask(value)),
                (true, None) => {
                    hide_next = true;
                    word.clone()
                }
                (false, _) => {
                    match word.strip_prefix("-w").filter(|rest| !rest.is_empty() && !word.starts_with("--")) {
                        Some(rest) => format!("-w{}", secret::mask(rest)),
                        None => word.clone(),
                    }
                }
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::{Options, discover};
    use crate::host::live::open_root;
    use crate::host::{Attributes, Facts, Kind, Process};
    use crate::scan::{ScanOptions, scan};

    #[test]
    fn a_bundle_gives_the_same_findings_and_holds_no_password() {
        let mut host = Snapshot::new(Facts {
            running: true,
            processes: vec![Process {
                pid: 7,
                uid: 1000,
                command: ["/usr/bin/odoo", "-c", "/etc/odoo/odoo.conf", "--smtp-password", "MARK-smtp-99"]
                    .map(str::to_owned)
                    .to_vec(),
                environment: vec![("PGPASSWORD".into(), "MARK-env-99".into())],
                ..Process::default()
            }],
            ..Facts::default()
        });
        let open = Attributes { kind: Kind::File, mode: 0o644, uid: 0, gid: 0, size: 0, modified: 0 };
        host.put("/etc/odoo/odoo.conf", "[options]\nadmin_passwd = MARK-master\ndb_password = odoo\n", Some(open));
        host.put("/etc/cron.d/backup", "0 2 * * * root /usr/local/bin/b.sh\n", None);
        host.put("/usr/local/bin/b.sh", "PGPASSWORD=MARK-script pg_dump x\ncurl -u a --password MARK-curl y\n", None);
        host.put(
            "/etc/systemd/system/odoo.service",
            "[Service]\nEnvironment=PGPASSWORD=MARK-unit\nExecStart=/usr/bin/odoo -c /etc/odoo/odoo.conf\n",
            None,
        );
        let folder = tempfile::tempdir().unwrap();
        let options = ScanOptions::default();
        let written = write(&discover(&host, &Options::default()), folder.path()).unwrap();
        assert!(written.masked >= 4, "{written:?}");
        for entry in walk(folder.path()) {
            let text = fs::read_to_string(&entry).unwrap();
            assert!(!text.contains("MARK"), "{}: {text}", entry.display());
        }
        let rules = |host: &dyn crate::host::Host| -> Vec<(String, String)> {
            scan(host, &options).findings.into_iter().map(|finding| (finding.rule, finding.location.path)).collect()
        };
        let bundle = open_root(folder.path()).unwrap();
        assert_eq!(rules(&host), rules(bundle.as_ref()));
    }

    fn walk(folder: &Path) -> Vec<std::path::PathBuf> {
        fs::read_dir(folder)
            .unwrap()
            .flatten()
            .flat_map(|entry| if entry.path().is_dir() { walk(&entry.path()) } else { vec![entry.path()] })
            .collect()
    }
}
