//! Tasks of the workspace: `cargo xtask test`, `docs`, `demo`, `new-rule`, `bench`, `differential`, `record`.

mod advisory_data;
mod bench;
mod demo;
mod differential;
mod dist;
mod docs;
mod handshakes;
mod new_rule;
mod ratings;
mod record;
mod shipped_rules;
mod versions;

use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["test"] => cargo(&["test", "--workspace"]),
        ["docs"] => docs::write(),
        ["docs", "--check"] => docs::check(),
        ["demo"] => demo::write(),
        ["dist", "deb"] => dist::deb(),
        ["dist", "static"] => dist::static_binary(),
        ["differential", "tls"] => handshakes::run(),
        ["differential", "versions", records @ ..] => versions::run(records),
        ["differential", "ratings"] => ratings::run(""),
        ["differential", "ratings", word] => ratings::run(word),
        ["differential", program] if differential::PROGRAMS.contains(program) => differential::run(program, false),
        ["differential", program, "--record"] if differential::PROGRAMS.contains(program) => differential::run(program, true),
        ["new-rule", id, code] => new_rule::write(id, code),
        ["advisory-data", folder] => advisory_data::write(folder),
        ["shipped-rules", series, addons @ ..] if !addons.is_empty() => shipped_rules::write(series, addons),
        ["record", url, file] => record::run(url, file, None),
        ["record", url, file, address] => record::run(url, file, Some(address)),
        ["bench", "database"] => bench::database::run(),
        ["bench", "audit"] => bench::audit::run(),
        ["bench", "versions"] => bench::versions::run(),
        ["bench", "host"] => bench::host::run(),
        ["bench", "sites"] => bench::sites::run(),
        ["bench", rest @ ..] => bench::code::run(rest),
        _ => {
            Err("usage: cargo xtask test | docs [--check] | demo | dist deb | dist static | new-rule ID CODE | bench [WHEEL_FOLDER] | bench host | bench sites | bench database | bench audit | bench versions | differential versions [OSV_LINES...] | differential nginx|apache|caddy|haproxy [--record] | differential tls | differential ratings [WORD] | record URL FILE [ADDRESS] | shipped-rules SERIES ADDONS... | advisory-data FOLDER".to_owned())
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            say(&format!("xtask: {reason}"));
            ExitCode::FAILURE
        }
    }
}

/// Prints a line for the person who runs the task.
fn say(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

fn cargo(arguments: &[&str]) -> Result<(), String> {
    run("cargo", arguments)
}

fn run(program: &str, arguments: &[&str]) -> Result<(), String> {
    say(&format!("$ {program} {}", arguments.join(" ")));
    let status = Command::new(program).args(arguments).status().map_err(|error| format!("`{program}`: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{program} {}` failed", arguments.join(" "))) }
}

/// The root of the workspace.
fn root() -> std::path::PathBuf {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}
