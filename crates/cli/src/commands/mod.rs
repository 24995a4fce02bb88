//! The subcommands.

pub mod advisories;
pub mod agent;
pub mod collect;
pub mod completions;
pub mod connect;
mod database;
mod deployments;
pub mod doctor;
pub mod explain_request;
pub mod fix;
mod fix_database;
pub mod harden;
pub mod history;
pub mod init;
pub mod keys;
pub mod man;
mod own_rules;
pub mod pack;
pub mod remote;
mod replace_admin;
pub mod rights;
pub mod rules;
pub mod run_job;
pub mod sbom;
pub mod scan;
pub mod schema;
pub mod serve;
pub mod server;
mod sites;
pub mod update;
pub mod upgrade;

use std::io::Write;
use std::path::PathBuf;

use castellan_advisory::store::Data;

/// Prints to standard output; a reader that has gone away is no failure.
pub fn print(text: &str) {
    let mut out = anstream::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}

/// Prints a note to standard error.
pub fn note(text: &str) {
    let mut out = anstream::stderr().lock();
    let _ = writeln!(out, "{text}");
}

/// Prints an error to standard error.
pub fn complain(text: &str) {
    note(&format!("castellan: {text}"));
}

/// Now, Unix time.
#[expect(clippy::disallowed_methods, reason = "commands say when they ran; everything below takes the time from them")]
pub fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.ok().and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or(0)
}

/// The folder in which data is kept: `CASTELLAN_DATA`, or the one for data of the account.
pub fn data_folder() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("CASTELLAN_DATA")
        .or_else(|| set("XDG_DATA_HOME").map(|folder| folder.join("castellan")))
        .or_else(|| set("HOME").map(|home| home.join(".local/share/castellan")))
}

/// What versions are compared with: the data folder, and what is embedded where it holds nothing.
pub fn data() -> Data {
    let data = data_folder().map_or_else(Data::embedded, |folder| Data::load(&folder));
    data.notes.iter().for_each(|text| note(text));
    data
}
