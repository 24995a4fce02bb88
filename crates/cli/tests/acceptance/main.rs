//! Runs the built command as a user does.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

mod agent;
mod arrows;
mod audits;
mod databases;
mod formats;
mod host;
mod robustness;
mod scan;
mod sites;
mod versions;
mod watch;

use std::path::{Path, PathBuf};

use assert_cmd::Command;

/// The command with a scrubbed environment.
fn castellan() -> Command {
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("castellan"));
    command.env_clear().current_dir(root());
    command
}

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_path_buf()
}

/// Writes files into a temporary folder.
fn tree(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let full = folder.path().join(path);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        std::fs::write(full, bytes).unwrap();
    }
    folder
}

const MANIFEST: &[u8] = b"{'name': 'M', 'version': '17.0.1.0.0', 'depends': ['base'], 'data': []}";

/// The JSON report of a scan of a folder.
fn json(folder: &Path, extra: &[&str]) -> serde_json::Value {
    let output = castellan().arg("scan").arg(folder).args(["--format", "json"]).args(extra).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
    })
}

/// Ids of the rules of a report's findings.
fn rules(report: &serde_json::Value) -> Vec<String> {
    report["findings"].as_array().unwrap().iter().map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect()
}
