//! The subcommands.

pub mod collect;
pub mod completions;
pub mod connect;
mod database;
pub mod explain_request;
pub mod fix;
mod fix_database;
pub mod harden;
pub mod init;
pub mod keys;
mod replace_admin;
pub mod rights;
pub mod rules;
pub mod scan;
pub mod schema;
mod sites;

use std::io::Write;

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
