//! The way to a live database: where, who, and the secret, which is never on the command line.

use std::io::IsTerminal;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;

use castellan_audit::InstanceTarget;
use castellan_rpc::{Dialect, Options};
use secrecy::SecretString;
use url::Url;

use super::now;
use crate::exit::Failure;
use crate::options::{DatabaseArguments, SecretArguments};

/// Where the secret is looked for before it is asked for.
pub const VARIABLE: &str = "CASTELLAN_SECRET";

/// The database that was named, if one was.
pub fn target(
    arguments: &DatabaseArguments,
    authorities: &[PathBuf],
    address: Option<IpAddr>,
) -> Result<Option<InstanceTarget>, Failure> {
    if arguments.rpc.is_none() && arguments.sql.is_none() {
        if arguments.since.is_some() {
            return Err(Failure::usage("`--since` is for live databases: give `--rpc` or `--sql` too"));
        }
        return Ok(None);
    }
    let since = arguments.since.as_deref().map(|text| since(text, &arguments.db)).transpose()?;
    let rpc = match (&arguments.rpc, &arguments.login) {
        (Some(url), Some(login)) => {
            Some(through_rpc(&arguments.secret, url, &arguments.db, login, authorities, address)?)
        }
        _ => None,
    };
    if let Some(sql) = &arguments.sql {
        check_sql(sql)?;
    }
    Ok(Some(InstanceTarget {
        rpc,
        sql: arguments.sql.clone(),
        guess_passwords: arguments.guess_passwords,
        time: now(),
        since,
    }))
}

/// `2026-11-01`, or the time at which a JSON report read the database: its own, the only one, or the earliest.
fn since(text: &str, database: &str) -> Result<i64, Failure> {
    if text.len() == 10 && text.matches('-').count() == 2 && !Path::new(text).exists() {
        return castellan_model::calendar::day_start(text)
            .ok_or_else(|| Failure::usage(format!("`--since {text}`: there is no such day")));
    }
    let fail = |reason: &str| {
        Failure::usage(format!(
            "`--since {text}`: {reason}; give a date such as 2026-11-01, or a report made with `--format json`"
        ))
    };
    let read = std::fs::read(text).map_err(|error| fail(&error.to_string()))?;
    let report: serde_json::Value = serde_json::from_slice(&read).map_err(|error| fail(&error.to_string()))?;
    let times: Vec<(&str, i64)> = report["instances"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| Some((one["database"].as_str()?, one["time"].as_i64()?)))
        .collect();
    let own = times.iter().find(|(name, _)| *name == database);
    own.or_else(|| times.iter().min_by_key(|(_, time)| *time))
        .map(|(_, time)| *time)
        .ok_or_else(|| fail("it is no report of a live database"))
}

/// The database that must be named.
pub fn needed(
    arguments: &DatabaseArguments,
    authorities: &[PathBuf],
    address: Option<IpAddr>,
) -> Result<InstanceTarget, Failure> {
    target(arguments, authorities, address)?.ok_or_else(|| {
        Failure::usage(
            "name the database: `--rpc https://erp.example.com --db NAME --login USER`, or `--sql postgresql://USER@HOST/NAME`",
        )
    })
}

/// What runs the connections of one command.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::own(format!("no connection can be opened: {error}")))
}

/// The way through RPC.
pub fn through_rpc(
    arguments: &SecretArguments,
    url: &Url,
    database: &str,
    login: &str,
    authorities: &[PathBuf],
    address: Option<IpAddr>,
) -> Result<Options, Failure> {
    through_rpc_with(arguments, VARIABLE, url, database, login, authorities, address)
}

/// The same, with the secret in another variable of the environment.
pub fn through_rpc_with(
    arguments: &SecretArguments,
    variable: &str,
    url: &Url,
    database: &str,
    login: &str,
    authorities: &[PathBuf],
    address: Option<IpAddr>,
) -> Result<Options, Failure> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(Failure::usage(format!("`--rpc {url}`: write https://HOST")));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Failure::usage(
            "`--rpc`: the address holds a user or password; give `--login`, and the secret apart",
        ));
    }
    let mut url = url.clone();
    url.set_path("");
    url.set_query(None);
    url.set_fragment(None);
    let local = url.host_str().is_some_and(|host| host == "localhost" || host.starts_with("127.") || host == "[::1]");
    if url.scheme() == "http" && !local {
        super::note("castellan: the secret goes over plain HTTP; use https");
    }
    let secret = secret(arguments, variable, &url, login)?;
    let mut options = Options::new(url, database, login, secret);
    options.dialect = arguments.dialect.as_deref().map(|name| match name {
        "json-2" => Dialect::Json2,
        "json-rpc" => Dialect::JsonRpc,
        _ => Dialect::XmlRpc,
    });
    options.authorities = super::sites::authorities(authorities)?;
    options.address =
        address.map(|address| SocketAddr::new(address, options.url.port_or_known_default().unwrap_or(443)));
    Ok(options)
}

/// From a file, the keyring, the environment, or the person.
fn secret(arguments: &SecretArguments, variable: &str, url: &Url, login: &str) -> Result<SecretString, Failure> {
    if let Some(path) = &arguments.secret_file {
        return from_file(path);
    }
    let account = format!("{login}@{}", url.host_str().unwrap_or_default());
    if arguments.secret_keyring {
        return from_keyring(&account);
    }
    if let Ok(secret) = std::env::var(variable)
        && !secret.is_empty()
    {
        return Ok(secret.into());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(format!(
            "no secret for {account}: set {variable}, or give `--secret-file FILE` or `--secret-keyring`"
        )));
    }
    let asked = rpassword::prompt_password(format!("Password or API key of {account}: "));
    match asked {
        Ok(secret) if !secret.is_empty() => Ok(secret.into()),
        Ok(_) => Err(Failure::usage("no secret was given")),
        Err(error) => Err(Failure::own(format!("the secret cannot be asked for: {error}"))),
    }
}

fn from_file(path: &Path) -> Result<SecretString, Failure> {
    let fail = |reason: String| Failure::usage(format!("`{}`: {reason}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| fail(error.kind().to_string()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let mode = std::fs::metadata(path).map_or(0, |data| data.mode());
        if mode & 0o077 != 0 {
            return Err(fail(format!("others may read it (mode {:03o}); `chmod 600` it", mode & 0o777)));
        }
    }
    match text.lines().next().map(str::trim) {
        Some(line) if !line.is_empty() => Ok(line.to_owned().into()),
        _ => Err(fail("its first line is empty".to_owned())),
    }
}

/// By the program that each system brings for its keyring.
fn from_keyring(account: &str) -> Result<SecretString, Failure> {
    let (program, words): (&str, Vec<&str>) = if cfg!(target_os = "macos") {
        ("security", vec!["find-generic-password", "-s", "castellan", "-a", account, "-w"])
    } else {
        ("secret-tool", vec!["lookup", "service", "castellan", "account", account])
    };
    let output = Command::new(program)
        .args(&words)
        .output()
        .map_err(|error| Failure::own(format!("`{program}` reads the keyring, and cannot be run: {}", error.kind())))?;
    let text = String::from_utf8_lossy(&output.stdout).trim_end_matches(['\r', '\n']).to_owned();
    if !output.status.success() || text.is_empty() {
        return Err(Failure::usage(format!("the keyring has no secret for service `castellan`, account `{account}`")));
    }
    Ok(text.into())
}

/// A password in the address would be seen in the list of processes.
fn check_sql(text: &str) -> Result<(), Failure> {
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "postgresql" | "postgres"));
    let Some(url) = url else {
        return Err(Failure::usage("`--sql`: write postgresql://USER@HOST/NAME"));
    };
    if url.password().is_some() || url.query_pairs().any(|(name, _)| name == "password") {
        return Err(Failure::usage("`--sql`: the address holds a password; put it in PGPASSWORD or ~/.pgpass"));
    }
    Ok(())
}
